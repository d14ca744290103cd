"""Reading what the shards hold: which there are, and rows as a stage sees them. Never writes, never claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
import xxhash

from stream.errors import StateError
from stream.intake.partition import partition_of
from stream.quality.compiled import plain
from stream.quality.contributions import contribute, labels_of
from stream.quality.measures import Measures, measure
from stream.quality.outcome_message import QueueInfo
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import COLUMNS, RING, WINDOW_JUDGMENTS
from stream.quality.windows import WINDOW_NAMES, Window, window_sums
from stream.settings import Settings
from stream.stages.raters_stage import RatersStage
from stream.state.keys import EVIDENCE, HISTORY, QUEUES, RATERS
from stream.state.port import Head
from stream.transport.identity import PARTITIONS

Rows = Mapping[str, Sequence[bytes | None]]


class ShardReader(Protocol):
    """The part of the shard port that only reads."""

    async def head(self, shard: str) -> Head | None: ...
    async def load(self, shard: str, wanted: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes | None]]: ...
    async def scan(self, shard: str, key: str) -> dict[bytes, bytes]: ...


@dataclass(frozen=True, slots=True)
class RaterRow:
    """A rater in a queue, in a stage restored for reading: `table.rows.life[slot]` and so on."""

    stage: RatersStage
    table: RaterTable
    slot: int
    queue: QueueInfo

    @property
    def key(self) -> RowKey:
        return self.table.key_of[self.slot]

    @property
    def hot(self) -> np.void:
        """HOT of this row."""
        row: np.void = self.table.rows.hot[self.slot]
        return row


async def partition_count(store: ShardReader, settings: Settings) -> int:
    """Partitions of `outcomes` as the stored heads say. Raises StateError when no shard was ever born here."""
    field = PARTITIONS + settings.outcomes.encode()
    for number in range(settings.partitions):
        for topic in (settings.outcomes, settings.judgments):
            head = await store.head(f"{topic}:{number}")
            if head is not None:
                return int(head.fields.get(field, b"%d" % settings.partitions))
    raise StateError(
        f"Redis holds no state under the prefix {settings.redis_prefix!r}: start a worker, or correct --redis and "
        "--prefix (`raterwatch doctor` looks closer)"
    )


async def restored_stage(
    store: ShardReader, settings: Settings, partition: int, *, rows: int = 0, keys: Sequence[str] | None = None
) -> RatersStage | None:
    """A stage with the shard's queues, groups and open findings; None when the shard was never born.

    `rows` reserves room for as many raters at once, which costs no memory until it is used.
    """
    shard = f"{settings.outcomes}:{partition}"
    head = await store.head(shard)
    if head is None:
        return None
    stage = RatersStage(partition, 1)
    whole = {key: await store.scan(shard, key) for key in keys or stage.whole_keys}
    for info in (msgspec.msgpack.decode(data, type=QueueInfo) for data in whole[QUEUES].values()):
        stage.tables.setdefault(info.width, RaterTable(info.width, max(64, rows)))
    stage.restore(head.fields, whole)
    return stage


async def rater_rows(store: ShardReader, settings: Settings, rater_id: str) -> list[RaterRow]:
    """All queues of a rater, stage training apart; empty when nothing is known. One shard, three round trips."""
    partition = partition_of(rater_id, await partition_count(store, settings))
    stage = await restored_stage(store, settings, partition)
    if stage is None:
        return []
    keys = [key for queue in stage.queues for key in (row_key(rater_id, queue), row_key(rater_id, queue + 1))]
    wanted = dict.fromkeys((RATERS, HISTORY, EVIDENCE), keys)
    fill_found(stage, wanted, await store.load(f"{settings.outcomes}:{partition}", wanted))
    return [found for key in keys if (found := row_of(stage, key))]


def row_key(rater_id: str, queue_key: int) -> RowKey:
    """The field that holds a rater in a queue (`queue_key` plus one: in training there)."""
    return np.array([xxhash.xxh3_64_intdigest(rater_id.encode()), queue_key], "u8").tobytes()


def fill_found(stage: RatersStage, wanted: Mapping[str, Sequence[bytes]], loaded: Rows) -> None:
    """Puts loaded rows into the stage; those that are not stored are left out."""
    found = [at for at, hot in enumerate(loaded[RATERS]) if hot is not None]
    stage.fill(
        {name: [values[at] for at in found] for name, values in loaded.items()},
        {name: [keys[at] for at in found] for name, keys in wanted.items()},
    )


def row_of(stage: RatersStage, key: RowKey) -> RaterRow | None:
    """The row under this key, where the stage holds one."""
    queue_key = int.from_bytes(key[8:16], "little")
    queue = stage.queues.get(queue_key) or stage.queues.get(queue_key - 1)
    if queue is None:
        return None
    table = stage.tables[queue.width]
    slot = table.slot_of.get(key)
    return None if slot is None else RaterRow(stage, table, slot, queue)


def measures_by_window(row: RaterRow, now_ms: int) -> dict[str, Measures]:
    """Every window of a rater as of a moment, by name; the last 50 judgments do not depend on it."""
    return {
        name: measure(*(latest_sums(row) if window is Window.LAST_50 else sums_of(row.table, row.slot, window, now_ms)))
        for window, name in WINDOW_NAMES.items()
    }


def sums_of(table: RaterTable, slot: int, window: Window, now_ms: int) -> tuple[np.ndarray, np.ndarray]:
    """(int64[COLUMNS], label counts int64[width]) of a window of buckets."""
    sums, mix = np.zeros(COLUMNS, "i8"), np.zeros(table.width, "i8")
    window_sums(table.rows, slot, int(window), now_ms, sums, mix)
    return sums, mix


def latest_sums(row: RaterRow) -> tuple[np.ndarray, np.ndarray]:
    """The same of the last 50 judgments."""
    sums, mix = np.zeros(COLUMNS, "i8"), np.zeros(row.table.width, "i8")
    hot, ring = row.hot, row.table.rows.ring[row.slot]
    length, start = int(hot["ring_length"]), int(hot["ring_start"])
    for place in range(max(0, length - WINDOW_JUDGMENTS), length):
        score = ring[(start + place) % RING]["score"]
        plain(contribute)(score, 1, sums)
        mask = int(plain(labels_of)(score, int(hot["label_kind"]), row.table.width))
        mix += [mask >> cell & 1 for cell in range(row.table.width)]
    return sums, mix


def label_mix(queue: QueueInfo, mix: Sequence[int]) -> dict[str, int]:
    """Answers by label name, those that were given; the last cell of a vector without a name of its own is "other"."""
    names = [*queue.labels[: queue.width]] + ["other"] * (queue.width - len(queue.labels))
    if len(queue.labels) >= queue.width and queue.kind == 0:
        names[-1] = "other"
    named: dict[str, int] = {}
    for name, count in zip(names, mix, strict=True):
        if count:
            named[name] = named.get(name, 0) + count
    return named
