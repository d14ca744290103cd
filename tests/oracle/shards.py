"""Both stages on a store of dictionaries, with batches and commits cut where a test wants them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np

from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.quality.item_table import ItemTable
from stream.quality.outcome_message import OutcomeMessage, decode_message
from stream.quality.rater_table import RaterTable
from stream.quality.schema import OUTCOME, Column, Kind
from stream.quality.windows import Window, window_sums
from stream.stages.items_stage import ItemStage
from stream.stages.port import Message, Stage
from stream.stages.raters_stage import RatersStage
from tests.oracle.judging import Queue, RowName
from tests.oracle.sums import Sums

QUEUES = {
    "nominal": Queue(Kind.NOMINAL, ("a", "b", "c")),
    "ordinal": Queue(Kind.ORDINAL, ("1", "2", "3", "4")),
    "set": Queue(Kind.SET, ("x", "y", "z")),
}
FOREVER_MS = 10**12
WINDOWS = {"1h": Window.HOUR, "24h": Window.DAY, "7d": Window.WEEK, "lifetime": Window.LIFETIME}


class Record(NamedTuple):
    """A Kafka record as stages see it."""

    offset: int
    timestamp: int
    value: bytes | None


def settings_of(queues: Mapping[str, Queue] = QUEUES) -> SettingsPayload:
    payloads = tuple(
        QueuePayload(name=name, kind=queue.kind.name.lower(), labels=queue.labels, horizon_ms=FOREVER_MS)  # type: ignore[arg-type]
        for name, queue in queues.items()
    )
    return SettingsPayload(queues=payloads, accept_raw_ids=True)


KEY = ControlKey(b"k" * 16)


def directory() -> Directory:
    return Directory.of(settings_of(), KEY)


def log_of(events: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Record]:
    return [Record(at, log_ms, msgspec.json.encode(event)) for at, (log_ms, event) in enumerate(events)]


class Store:
    """What Redis would hold of one shard."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[bytes, bytes]] = {}
        self.head: dict[bytes, bytes] = {}
        self.offset = 0
        self.messages: list[Message] = []
        self.outbox: list[Message] = []  # of the last commit

    def commit(self, stage: Stage) -> None:
        flush = stage.flush()
        for name in flush.dropped:
            self.rows.pop(name, None)
        for name, gone in flush.removed.items():
            for key in gone:
                self.rows.get(name, {}).pop(key, None)
        for name, fields in flush.rows.items():
            self.rows.setdefault(name, {}).update(fields)
        self.outbox = list(flush.messages)
        self.head, self.offset = dict(flush.head), flush.offset
        self.messages += flush.messages
        stage.settled()

    def standing_items(self) -> dict[bytes, bytes]:
        """Each item's blocks where they count: among the golds, else in the later generation. Older copies are dropped
        when their generation is."""
        generation = int(self.head.get(b"generation", b"0"))
        homes = [self.rows.get(name, {}) for name in ("golds", f"items:{generation}", f"items:{generation - 1}")]
        found: dict[bytes, bytes] = {}
        for home in homes:
            for key in [key for key in home if len(key) == 16 and key not in found]:
                fields = [key, *(key + n.to_bytes(2, "little") for n in range(1, ItemTable.blocks_of(home[key])))]
                found |= {field: home[field] for field in fields}
        return found

    def restore(self, stage: Stage) -> None:
        stage.offset = self.offset
        stage.restore(self.head, {name: dict(self.rows.get(name, {})) for name in stage.whole_keys})
        self.load(stage, None)

    def load(self, stage: Stage, work: object) -> None:
        if work is not None and (sought := stage.sought(work)):
            stage.found({name: self.find(name, pieces) for name, pieces in sought.items()})
        while wanted := stage.missing(work):
            found = {name: [self.rows.get(name, {}).get(key) for key in keys] for name, keys in wanted.items()}
            stage.fill(found, wanted)

    def find(self, name: str, pieces: Sequence[bytes]) -> list[bytes]:
        return [key for key, value in self.rows.get(name, {}).items() if any(piece in value for piece in pieces)]


def run(
    stage: Stage, log: Sequence[Record], store: Store | None = None, *, batches: Sequence[int] = (), flushes: int = 1
) -> Store:
    """Feeds the log cut at these places, and commits after every `flushes`-th batch and at the end."""
    store = store or Store()
    rest = [record for record in log if record.offset >= stage.offset]
    cuts = [*sorted({cut for cut in batches if 0 < cut < len(rest)}), len(rest)]
    begin = 0
    for number, end in enumerate(cuts, 1):
        if begin < end:
            work = stage.read(rest[begin:end])
            store.load(stage, work)
            stage.apply(work)
            if number % flushes == 0:
                store.commit(stage)
        begin = end
    if rest:
        store.commit(stage)
    if stage.unflushed:
        store.commit(stage)  # clears the outbox that named somebody who was to be forgotten
    return store


def run_with_restarts(
    make: Callable[[], Stage], log: Sequence[Record], lives: Sequence[tuple[int, Sequence[int], int]]
) -> Store:
    """Stages one after another on one store: each applies some batches, some uncommitted, and is thrown away."""
    store = Store()
    for records, batches, flushes in lives:
        stage = make()
        store.restore(stage)
        rest = [record for record in log if record.offset >= stage.offset][:records]
        for number, (begin, end) in enumerate(pairwise([0, *sorted({cut % (len(rest) + 1) for cut in batches})]), 1):
            if begin < end:
                work = stage.read(rest[begin:end])
                store.load(stage, work)
                stage.apply(work)
            if number % flushes == 0 and stage.unflushed:
                store.commit(stage)
    last = make()
    store.restore(last)
    return run(last, log, store)


def outcome_log(messages: Sequence[Message], destination: int, timestamp: int = 0) -> list[Record]:
    mine = [message for message in messages if (message.topic, message.partition) == ("outcomes", destination)]
    return [Record(at, timestamp, message.value) for at, message in enumerate(mine)]


def outcomes(messages: Sequence[Message]) -> dict[int, list[tuple[Any, ...]]]:
    """Each destination's outcomes and verdicts in the order of the log, however they were cut into messages."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for message in messages:
        if message.topic != "outcomes":
            continue
        decoded = decode_message(message.value)
        mine = found.setdefault(message.partition or 0, [])
        mine += [_named(row, decoded) for row in outcome_rows(decoded)]
        mine += [(note.offset, -1, note) for note in decoded.verdicts]
    return {destination: sorted(mine, key=lambda one: one[:2]) for destination, mine in found.items()}


def outcome_rows(message: OutcomeMessage) -> np.ndarray:
    return np.frombuffer(message.rows, OUTCOME)


def _named(row: np.void, message: OutcomeMessage) -> tuple[Any, ...]:
    profile = message.profiles[row["profile"]] if row["profile"] >= 0 else None
    item_id = message.item_ids[row["item_id"]] if row["item_id"] >= 0 else None
    queue = message.queues[row["queue_row"]].name
    numbers = row.copy()
    numbers["profile"] = numbers["item_id"] = numbers["queue_row"] = 0
    return int(row["offset"]), int(row["part"]), profile, item_id, queue, numbers.tobytes()


def both_stages(log: Sequence[Record], destinations: int = 2, **item_options: Any) -> list[RatersStage]:
    """Stage 2's shards after the log went through both stages in one go, in memory."""
    store = run(ItemStage(0, destinations, directory(), stored=False, **item_options), log)
    shards = [RatersStage(p, 1, stored=False) for p in range(destinations)]
    for p, shard in enumerate(shards):
        if records := outcome_log(store.messages, p):
            run(shard, records)
    return shards


def measured(shards: Iterable[RatersStage], window: str, now_ms: int) -> dict[RowName, Sums]:
    """Every row's sums over a window; groups are summed over the shards."""
    rows: dict[RowName, Sums] = {}
    for shard in shards:
        for table in shard.tables.values():
            for slot in table.slots():
                name, found = _window(shard, table, slot, window, now_ms)
                whole = rows.setdefault(name, Sums())
                whole.columns.update(found.columns)
                whole.labels.update(found.labels)
    return rows


def _window(shard: RatersStage, table: RaterTable, slot: int, window: str, now_ms: int) -> tuple[RowName, Sums]:
    columns, mix = np.zeros(len(Column), "i8"), np.zeros(table.width, "i8")
    window_sums(table.rows, slot, int(WINDOWS[window]), now_ms, columns, mix)
    profile, hot = table.profiles[slot], table.rows.hot[slot]
    labels = next(queue.labels for queue in shard.queues.values() if queue.name == profile.queue)
    names = [*labels, *("spare" for _ in range(table.width - len(labels)))]
    if hot["label_kind"] == Kind.NOMINAL:
        names[-1] = "other"
    found = Sums()
    found.columns.update({column: int(columns[column]) for column in Column})
    for name, count in zip(names, mix.tolist(), strict=True):
        found.labels[name] += count
    vendor = profile.vendor if hot["kind"] else ""
    return RowName(profile.queue, profile.rater_id, vendor, bool(hot["training"])), found
