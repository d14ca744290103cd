"""Kafka in memory: a log, a group with one member, and a producer, for tests of everything above the ports."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field

from stream.errors import Unavailable
from stream.transport.port import Batch, Handler, Partition


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """One record."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class _Lane:
    """A partition: records by offset, with holes where markers were."""

    records: list[MemoryRecord] = field(default_factory=list)
    first: int = 0
    end: int = 0

    def append(self, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], now_ms: int) -> None:
        self.records.append(MemoryRecord(self.end, now_ms, key, value, tuple(headers)))
        self.end += 1


class MemoryLog:
    """Topics in lists. `rebalance`, `drop_next`, `expire` and `append_marker` play what a real log does to a reader."""

    def __init__(self, topics: dict[str, int], *, batch_records: int = 100) -> None:
        self.partitions = [Partition(topic, number) for topic, count in topics.items() for number in range(count)]
        self.consumed: list[str] = list(topics)
        self.reports: dict[Partition, int] = {}
        self.reporting = True  # whether the group is told what the shards have applied
        self.member = True  # False: the group forgot us, and `owned` says so
        self.now_ms = 1_000
        self.dropping = 0  # batches to be fetched and lost on the way
        self.seeks: list[tuple[Partition, int]] = []
        self._batch_records = batch_records
        self._lanes: dict[Partition, _Lane] = {partition: _Lane() for partition in self.partitions}
        self._positions: dict[Partition, int] = {}
        self._stopped = asyncio.Event()
        self._handler: Handler | None = None

    # A test's side.

    def append(
        self,
        partition: Partition,
        value: bytes | None,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        self._lanes.setdefault(partition, _Lane()).append(key, value, headers, self.now_ms)

    def append_marker(self, partition: Partition) -> None:
        """A transaction's marker: an offset without a record."""
        self._lanes[partition].end += 1

    def expire(self, partition: Partition, first: int) -> None:
        """Records below `first` are no longer held."""
        lane = self._lanes[partition]
        lane.first = first
        lane.records = [record for record in lane.records if record.offset >= first]

    def records(self, partition: Partition) -> list[MemoryRecord]:
        return list(self._lanes.setdefault(partition, _Lane()).records)

    async def rebalance(self, partitions: Iterable[Partition]) -> None:
        """Revokes everything, then assigns these."""
        if self._handler is None:
            raise RuntimeError("run the log first")
        await self._handler.revoked(frozenset(self._positions))
        self._positions.clear()
        self._positions.update(dict.fromkeys(partitions, 0))
        await self._handler.assigned(frozenset(self._positions))

    # The Log port.

    async def run(self, handler: Handler) -> None:
        self._handler = handler
        self._positions = dict.fromkeys((p for p in self.partitions if p.topic in self.consumed), 0)
        await handler.assigned(frozenset(self._positions))
        while not self._stopped.is_set():
            for partition in list(self._positions):
                if handler.room(partition) and (batch := self._fetch(partition)):
                    await handler.batch(batch)
            self._report(handler)
            await asyncio.sleep(0)
        await handler.revoked(frozenset(self._positions))
        self._report(handler)

    async def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._positions:
            self.seeks.append((partition, offset))
            self._positions[partition] = offset

    async def bounds(self, partition: Partition) -> tuple[int, int]:
        return self._lanes[partition].first, self._lanes[partition].end

    async def position(self, partition: Partition) -> int | None:
        return self._positions.get(partition)

    async def reported(self, partition: Partition) -> int | None:
        return self.reports.get(partition)

    async def owned(self, partition: Partition) -> bool:
        return self.member and partition in self._positions

    async def stop(self) -> None:
        self._stopped.set()

    def _report(self, handler: Handler) -> None:
        if self.reporting:
            self.reports.update(handler.positions())

    def _fetch(self, partition: Partition) -> Batch | None:
        lane, start = self._lanes[partition], self._positions[partition]
        records = [record for record in lane.records if record.offset >= start][: self._batch_records]
        if not records:
            return None
        end = records[-1].offset + 1
        if end == lane.records[-1].offset + 1:
            end = lane.end
        self._positions[partition] = end
        if self.dropping:
            self.dropping -= 1
            return None
        return Batch(partition, start, records, end)


class MemoryProducer:
    """Appends to a MemoryLog. `down`: sends fail; `holding`: sends wait until `release` acknowledges them."""

    def __init__(self, log: MemoryLog) -> None:
        self.down = False
        self.holding = False
        self.sent: defaultdict[str, int] = defaultdict(int)
        self._log = log
        self._held: list[asyncio.Future[None]] = []

    def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Awaitable[None]:
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.down:
            acknowledged.set_exception(Unavailable("the memory producer was told to be down"))
            return acknowledged
        self._log.append(Partition(topic, partition or 0), value, key, headers)
        self.sent[topic] += 1
        if self.holding:
            self._held.append(acknowledged)
        else:
            acknowledged.set_result(None)
        return acknowledged

    def release(self) -> None:
        """Acknowledges what was held back."""
        self.holding = False
        held, self._held = self._held, []
        for acknowledged in held:
            if not acknowledged.done():
                acknowledged.set_result(None)
