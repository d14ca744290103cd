"""Reading what the shards hold: which there are, and rows as stage 2 sees them. Never writes, never claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
import xxhash

from stream.errors import StateError
from stream.events import Finding
from stream.intake.partition import partition_of
from stream.quality.compiled import plain
from stream.quality.contributions import contribute, labels_of
from stream.quality.evidence_bytes import BLOCKS
from stream.quality.measures import Measures, measure
from stream.quality.outcome_message import QueueInfo
from stream.quality.policy import Detector
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import COLUMNS, RING, SCHEMA_VERSION, WINDOW_JUDGMENTS
from stream.quality.windows import WINDOW_NAMES, Window, window_sums
from stream.settings import Settings
from stream.stages.finding_book import FindingBook
from stream.stages.rater_tables import RaterTables
from stream.stages.rater_withholding import WITHHELD_FIELD, Silent
from stream.stages.raters_stage import row_fields
from stream.state.keys import BOARD, EVIDENCE, FINDINGS, HISTORY, QUEUES, RATERS
from stream.state.port import Head
from stream.transport.identity import PARTITIONS, SCHEMA


class ShardReader(Protocol):
    """The part of the shard port that only reads."""

    async def head(self, shard: str) -> Head | None: ...
    async def load(self, shard: str, wanted: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes | None]]: ...
    async def scan(self, shard: str, key: str) -> dict[bytes, bytes]: ...
    async def outbox(self, shard: str) -> list[bytes]: ...
    async def find(self, shard: str, key: str, pieces: Sequence[bytes]) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class ShardRows:
    """What was read of a shard of `outcomes`: queues and groups, open findings, and the raters that were asked for."""

    shard: str
    tables: RaterTables
    findings: Mapping[tuple[RowKey, Detector], Finding]
    silent: frozenset[bytes] = frozenset()  # the first 8 bytes of the keys of raters of whom nothing is to be shown

    def add(self, wanted: Sequence[RowKey], loaded: Mapping[str, Sequence[bytes | None]]) -> None:
        """Takes loaded rows; those that are not stored are left out, and so are parts that were not loaded."""
        nothing = [None] * len(wanted)
        evidence = loaded.get(EVIDENCE, ())
        parts = zip(wanted, loaded[RATERS], loaded.get(HISTORY, nothing), strict=True)
        for at, (key, hot, history) in enumerate(parts):
            # A row of a queue that came after the queues were read is for the next look.
            if hot is not None and self.tables.knows(key):
                self.tables.load(key, hot, history, evidence[at * BLOCKS : (at + 1) * BLOCKS])

    def find(self, key: RowKey) -> "RaterRow | None":
        """The row under this key; None when it was not stored or not asked for."""
        place = self.tables.find(key)
        return None if place is None else RaterRow(self, *place, self.tables.queue_of(key))


@dataclass(frozen=True, slots=True)
class RaterRow:
    """A rater in a queue: `table.rows.life[slot]` and so on."""

    shard: ShardRows
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


async def partition_count(store: ShardReader, settings: Settings, topic: str | None = None) -> int:
    """Partitions of `outcomes`, or of `topic`, as the stored heads say. Raises StateError when no shard was ever born
    here."""
    field = PARTITIONS + (topic or settings.outcomes).encode()
    for number in range(settings.partitions):
        for stage in (settings.outcomes, settings.judgments):
            head = await store.head(f"{stage}:{number}")
            if head is not None:
                return int(head.fields.get(field, b"%d" % settings.partitions))
    raise StateError(
        f"Redis holds no state under the prefix {settings.redis_prefix!r}: start a worker, or correct --redis and "
        "--prefix (`raterwatch doctor` looks closer)"
    )


async def read_shard(store: ShardReader, settings: Settings, partition: int, *, room: int = 0) -> ShardRows | None:
    """A shard without its raters yet; None when it was never born.

    `room` is reserved for as many raters, which costs no memory until it is used; growing on the way would.
    """
    shard = f"{settings.outcomes}:{partition}"
    head = await store.head(shard)
    if head is None:
        return None
    _check_schema(shard, head)
    tables, book = RaterTables(), FindingBook(settings.findings)
    # The queues last: commits go on meanwhile, and every group that was read must find its queue.
    board = await store.scan(shard, BOARD)
    groups = {field[1:]: data for field, data in board.items() if field.startswith(b"g")}
    queues = await store.scan(shard, QUEUES)
    for width in {msgspec.msgpack.decode(data, type=QueueInfo).width for data in queues.values()}:
        tables.by_width[width] = RaterTable(width, max(64, room))
    tables.restore(queues, groups)
    book.restore(await store.scan(shard, FINDINGS))
    return ShardRows(shard, tables, book.open, _silent_in(board.get(WITHHELD_FIELD)))


def _check_schema(shard: str, head: Head) -> None:
    """Rows of another layout must not be taken for ours."""
    stored = head.fields.get(SCHEMA, b"%d" % SCHEMA_VERSION)
    if stored != b"%d" % SCHEMA_VERSION:
        raise StateError(
            f"the state of {shard} has schema {stored.decode(errors='replace')}, this version reads {SCHEMA_VERSION}: "
            "use the version of raterwatch that the workers run"
        )


async def silent_raters(store: ShardReader, shard: str) -> frozenset[bytes]:
    """The first 8 bytes of the keys of raters of whom a shard shows nothing: restricted, or about to be erased."""
    [data] = (await store.load(shard, {BOARD: [WITHHELD_FIELD]}))[BOARD]
    return _silent_in(data)


def _silent_in(stored: bytes | None) -> frozenset[bytes]:
    return frozenset() if stored is None else msgspec.msgpack.decode(stored, type=Silent).raters


async def rater_rows(store: ShardReader, settings: Settings, rater_id: str) -> list[RaterRow]:
    """All queues of a rater, stage training apart; empty when nothing is known. Reads one shard."""
    partition = partition_of(rater_id, await partition_count(store, settings))
    rows = await read_shard(store, settings, partition)
    if rows is None:
        return []
    keys = [row_key(rater_id, key) for queue in rows.tables.queues for key in (queue, queue + 1)]
    rows.add(keys, await store.load(rows.shard, row_fields(keys)))
    return [found for key in keys if (found := rows.find(key))]


def row_key(rater_id: str, queue_key: int) -> RowKey:
    """The field that holds a rater in a queue (`queue_key` plus one: in training there)."""
    return xxhash.xxh3_64_intdigest(rater_id.encode()).to_bytes(8, "little") + (queue_key % 2**64).to_bytes(8, "little")


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
