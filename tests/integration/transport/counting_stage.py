"""Two tiny stages with the shape of the real ones: rows, control of order, an outbox with source-offset ranges, trims.

Items counts the judgments of an item and tells the rater of each, and again the rater before it, what it was worth:
amounts depend on the order within the item, so that anything lost, repeated or reordered shows up in the raters' sums.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from stream.errors import ShardHalted
from stream.stages.port import Effects, Flush, Message, Reject, SourceRecord

_ITEM = struct.Struct("<qqq")  # judgments, the latest rater, its worth
_RATER = struct.Struct("<qq")  # outcomes, sum of their amounts
_POSITION = struct.Struct("<qq")  # source offset, part
_NOTHING = (-1, -1)

Position = tuple[int, int]


class Judgment(msgspec.Struct):
    item: int
    rater: int
    worth: int


class Outcome(NamedTuple):
    offset: int
    part: int
    rater: int
    amount: int

    @property
    def position(self) -> Position:
        return self.offset, self.part


class OutcomeBatch(msgspec.Struct, array_like=True):
    source: int  # partition of `judgments`
    previous: Position  # last sent to this destination before
    outcomes: list[tuple[int, int, int, int]]


class ItemState(NamedTuple):
    judgments: int = 0
    rater: int = -1
    worth: int = 0


def outcomes_of(before: ItemState, judgment: Judgment, offset: int) -> tuple[ItemState, list[Outcome]]:
    """The one rule of the game: the n-th judgment of an item is worth n times its worth; it takes 1 from the last."""
    after = ItemState(before.judgments + 1, judgment.rater, judgment.worth)
    outcomes = [Outcome(offset, 0, judgment.rater, after.judgments * judgment.worth)]
    if before.judgments:
        outcomes.append(Outcome(offset, 1, before.rater, -1))
    return after, outcomes


def decoded(record: SourceRecord) -> Judgment | None:
    try:
        return msgspec.json.decode(record.value or b"", type=Judgment)
    except msgspec.DecodeError:
        return None


class _Rows:
    """Rows in memory: a small cache whose dirty rows stay until they are settled."""

    def __init__(self, keep: int) -> None:
        self.rows: dict[bytes, bytes | None] = {}
        self.dirty: set[bytes] = set()
        self.flushed: set[bytes] = set()
        self._keep = keep

    def missing(self, names: Iterable[bytes]) -> list[bytes]:
        return sorted(name for name in set(names) if name not in self.rows)

    def set(self, name: bytes, value: bytes) -> None:
        self.rows[name] = value
        self.dirty.add(name)

    def flush(self) -> list[tuple[bytes, bytes]]:
        changed = [(name, self.rows[name] or b"") for name in sorted(self.dirty)]
        self.flushed, self.dirty = self.dirty, set()
        return changed

    def settled(self) -> None:
        self.flushed = set()
        for name in [name for name in self.rows if name not in self.dirty][: max(0, len(self.rows) - self._keep)]:
            del self.rows[name]


class CountingItems:
    """Stage 1. `destinations`: partitions of `outcomes`. `halt_after`: rejects in a row that halt the shard."""

    whole_keys: Sequence[str] = ("queues",)

    def __init__(self, partition: int, destinations: int, *, halt_after: int = 1 << 60, cache: int = 64) -> None:
        self.offset = 0
        self.unflushed = 0
        self._partition, self._destinations, self._halt_after = partition, destinations, halt_after
        self._items = _Rows(cache)
        self._sent: dict[int, Position] = {}
        self._rejects_run = 0
        self._unsent: list[Outcome] = []

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        assert set(keys) == {"queues"}
        for name, value in head.items():
            if name.startswith(b"sent:"):
                self._sent[int(name[5:])] = _POSITION.unpack(value)
        self._rejects_run = int(head.get(b"rejects_run", b"0"))

    def read(self, records: Sequence[SourceRecord]) -> object:
        assert records[0].offset >= self.offset, "the runner trims"
        return [(record, decoded(record)) for record in records]

    def sought(self, work: object) -> dict[str, list[bytes]]:
        return {}

    def found(self, fields: Mapping[str, Sequence[bytes]]) -> None:
        raise AssertionError(f"nothing was sought, found {list(fields)}")

    def missing(self, work: object) -> dict[str, list[bytes]]:
        missing = self._items.missing(b"%d" % judgment.item for _, judgment in (work or ()) if judgment)  # type: ignore[attr-defined]
        return {"items:0": missing} if missing else {}

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        for key, names in wanted.items():
            self._items.rows.update(zip(names, loaded[key], strict=True))

    def apply(self, work: object) -> Effects:
        self._check_rejects(work)
        rejects, arrived = [], []
        for record, judgment in work:  # type: ignore[attr-defined]
            self.offset = record.offset + 1
            self.unflushed += 1
            if judgment is None:
                rejects.append(Reject(record.offset, "malformed", record.value))
                self._rejects_run += 1
                continue
            self._rejects_run = 0
            name = b"%d" % judgment.item
            row = self._items.rows[name]
            after, outcomes = outcomes_of(
                ItemState(*_ITEM.unpack(row)) if row else ItemState(), judgment, record.offset
            )
            self._items.set(name, _ITEM.pack(*after))
            self._unsent.extend(outcomes)
            arrived.append(record.timestamp)
        return Effects(rejects=rejects, arrived_ms=arrived)

    def _check_rejects(self, work: object) -> None:
        run = self._rejects_run
        for _, judgment in work:  # type: ignore[attr-defined]
            run = 0 if judgment else run + 1
            if run > self._halt_after:
                raise ShardHalted(f"judgments:{self._partition}", f"{run} rejects in a row", "Run `rejects resume`")

    def flush(self) -> Flush:
        self.unflushed = 0
        messages = self._messages()
        head = {b"sent:%d" % d: _POSITION.pack(*at) for d, at in self._sent.items()}
        head[b"rejects_run"] = b"%d" % self._rejects_run
        return Flush(self.offset, head, {"items:0": self._items.flush()}, {}, (), messages)

    def _messages(self) -> list[Message]:
        by_destination: dict[int, list[Outcome]] = {}
        for outcome in self._unsent:
            by_destination.setdefault(outcome.rater % self._destinations, []).append(outcome)
        self._unsent = []
        messages = []
        for destination, outcomes in sorted(by_destination.items()):
            # Two messages for a destination with much to say, so that their order is tested too.
            half = len(outcomes) // 2 if len(outcomes) > 20 else 0
            for part in (outcomes[:half], outcomes[half:]):
                if part:
                    batch = OutcomeBatch(
                        self._partition, self._sent.get(destination, _NOTHING), [tuple(o) for o in part]
                    )
                    self._sent[destination] = part[-1].position
                    messages.append(Message("outcomes", msgspec.msgpack.encode(batch), destination))
        return messages

    def settled(self) -> None:
        self._items.settled()


class CountingRaters:
    """Stage 2: trims what it has applied, halts on a gap."""

    whole_keys: Sequence[str] = ()

    def __init__(self, partition: int, *, cache: int = 64) -> None:
        self.offset = 0
        self.unflushed = 0
        self.trimmed = 0
        self._partition = partition
        self._raters = _Rows(cache)
        self._applied: dict[int, Position] = {}

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        for name, value in head.items():
            if name.startswith(b"applied:"):
                self._applied[int(name[8:])] = _POSITION.unpack(value)

    def read(self, records: Sequence[SourceRecord]) -> object:
        assert records[0].offset >= self.offset, "the runner trims"
        return [(record, msgspec.msgpack.decode(record.value or b"", type=OutcomeBatch)) for record in records]

    def sought(self, work: object) -> dict[str, list[bytes]]:
        return {}

    def found(self, fields: Mapping[str, Sequence[bytes]]) -> None:
        raise AssertionError(f"nothing was sought, found {list(fields)}")

    def missing(self, work: object) -> dict[str, list[bytes]]:
        missing = self._raters.missing(b"%d" % rater for _, b in (work or ()) for _, _, rater, _ in b.outcomes)  # type: ignore[attr-defined]
        return {"raters": missing} if missing else {}

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        for key, names in wanted.items():
            self._raters.rows.update(zip(names, loaded[key], strict=True))

    def apply(self, work: object) -> Effects:
        self._check_gaps(work)
        arrived = []
        for record, batch in work:  # type: ignore[attr-defined]
            self.offset = record.offset + 1
            self.unflushed += 1
            applied = self._applied.get(batch.source, _NOTHING)
            for offset, part, rater, amount in batch.outcomes:
                if (offset, part) <= applied:
                    self.trimmed += 1
                    continue
                name = b"%d" % rater
                row = self._raters.rows[name]
                count, total = _RATER.unpack(row) if row else (0, 0)
                self._raters.set(name, _RATER.pack(count + 1, total + amount))
                applied = (offset, part)
            self._applied[batch.source] = applied
            arrived.append(record.timestamp)
        return Effects(arrived_ms=arrived)

    def _check_gaps(self, work: object) -> None:
        applied = dict(self._applied)
        for _, batch in work:  # type: ignore[attr-defined]
            mine = applied.get(batch.source, _NOTHING)
            if tuple(batch.previous) > mine:
                name = f"outcomes:{self._partition}"
                raise ShardHalted(
                    name, f"gap: {batch.source} sent {batch.previous} before, here {mine}", "Run `rebuild`"
                )
            applied[batch.source] = max(mine, tuple(batch.outcomes[-1][:2]))

    def flush(self) -> Flush:
        self.unflushed = 0
        head = {b"applied:%d" % source: _POSITION.pack(*at) for source, at in self._applied.items()}
        return Flush(self.offset, head, {"raters": self._raters.flush()}, {}, (), ())

    def settled(self) -> None:
        self._raters.settled()


def rater_row(row: bytes) -> tuple[int, int]:
    """(outcomes, sum) of a stored row."""
    count, total = _RATER.unpack(row)
    return count, total


def expected_raters(logs: Iterable[Sequence[SourceRecord]]) -> dict[int, tuple[int, int]]:
    """The oracle: each rater's (outcomes, sum) from the `judgments` logs alone, without stages, commits or messages."""
    totals: dict[int, tuple[int, int]] = {}
    for log in logs:
        items: dict[int, ItemState] = {}
        for record in log:
            judgment = decoded(record)
            if judgment is None:
                continue
            items[judgment.item], outcomes = outcomes_of(items.get(judgment.item, ItemState()), judgment, record.offset)
            for outcome in outcomes:
                count, total = totals.get(outcome.rater, (0, 0))
                totals[outcome.rater] = (count + 1, total + outcome.amount)
    return totals
