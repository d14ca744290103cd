"""The Log port: what the shard runner needs of Kafka, and nothing of how Faust does it."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Partition(NamedTuple):
    """A topic's partition; `str()` is the shard's name."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.number}"


class LogRecord(Protocol):
    """One record as aiokafka delivers it (its ConsumerRecord has these attributes)."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...  # LogAppendTime, milliseconds
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one partition in log order: everything readable in [start, end). Offsets missing there are holes."""

    partition: Partition
    start: int  # position that the fetch asked for
    records: Sequence[LogRecord]
    end: int  # position that the next fetch asks for: past the last record and the markers behind it


class Handler(Protocol):
    """What the log calls; implemented by the worker's set of shard runners (`Shards`)."""

    async def assigned(self, partitions: frozenset[Partition]) -> Mapping[Partition, int]:
        """Claims what is new and answers the offsets it reads from next. Idempotent, and never longer than a few
        seconds: a partition whose claim takes longer (Redis away) or halts is left out. The handler has already
        sought to the offsets it answers, and seeks by itself when a late claim succeeds.
        """

    async def revoked(self, partitions: frozenset[Partition]) -> None:
        """Stops the shards: after it returns nothing more is committed for them."""

    def room(self, partition: Partition) -> bool:
        """Back-pressure: the log fetches only from partitions with room, so that one that pauses or halts holds up
        no other.
        """

    async def batch(self, batch: Batch) -> None:
        """Takes a batch at once; raises what went wrong in any shard."""

    def positions(self) -> Mapping[Partition, int]:
        """Next offset of each shard that is durably applied: what lag tools may be told."""


class Log(Protocol):
    """A consumer group's view of `judgments` and `outcomes`, read committed."""

    async def run(self, handler: Handler) -> None:
        """Joins the group and delivers until `stop`; raises what the handler raises."""

    async def seek(self, partition: Partition, offset: int) -> None:
        """Continues the partition at the offset; records fetched before may still arrive."""

    async def bounds(self, partition: Partition) -> tuple[int, int]:
        """(first offset held, last stable offset): what can still be read. May raise `Unavailable`."""

    async def position(self, partition: Partition) -> int | None:
        """Offset that the next fetch asks for; None when the partition is not ours or not yet sought."""

    async def reported(self, partition: Partition) -> int | None:
        """Offset that the group last reported to Kafka, None when it never did. May raise `Unavailable`."""

    async def owned(self, partition: Partition) -> bool:
        """Sends a heartbeat now, and answers whether the group still counts this partition as ours."""

    async def stop(self) -> None:
        """Leaves the group cleanly."""


class Producer(Protocol):
    """An idempotent producer with acks from all replicas."""

    def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Awaitable[None]:
        """Queues at once, in order; the awaitable ends when the record is acknowledged, or raises `Unavailable`."""
