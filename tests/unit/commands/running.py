"""The real stages on the real runner, over servers in memory: what a command meets when a worker is at work."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import product

import numpy as np

from stream.intake.directory import Directory
from stream.quality.schema import SCHEMA_VERSION
from stream.stages.items_stage import ItemStage
from stream.stages.port import Stage
from stream.stages.raters_stage import RatersStage
from stream.state.memory_store import MemoryStore
from stream.transport.births import MemoryBirths
from stream.transport.claim import Surroundings
from stream.transport.identity import FixedIdentities
from stream.transport.limits import RunnerLimits
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.observer import SilentObserver
from stream.transport.port import Partition
from stream.transport.runner import ShardRunner, State
from stream.transport.shards import Shards
from tests.filled_state import KEY, Crowd

PARTITIONS = 2
IDENTITY = {
    b"schema": b"%d" % SCHEMA_VERSION,
    b"topic_id": b"t",
    b"partitions:judgments": b"2",
    b"partitions:outcomes": b"2",
}
LIMITS = RunnerLimits(
    linger_ms=1, backlog_linger_ms=2, retry_first_s=0.001, retry_longest_s=0.01, halted_poll_s=0.01, owned_poll_s=0.01,
    idle_check_s=0.02,
)  # fmt: skip
PATIENCE_S = 20.0


class Deployment:
    """A log with two partitions a topic, a store, and a worker's shards while `working`."""

    def __init__(self) -> None:
        self.log = MemoryLog({"judgments": PARTITIONS, "outcomes": PARTITIONS, "findings": 1, "judgments.rejected": 1})
        self.log.consumed = ["judgments", "outcomes"]
        self.store, self.births = MemoryStore(), MemoryBirths()
        self.identities = FixedIdentities(IDENTITY)
        self.producer = MemoryProducer(self.log)
        self.shards: Shards | None = None

    def append(self, crowd: Crowd) -> None:
        """The crowd's judgments, at their own log times."""
        for number, records in enumerate(crowd.logs):
            for record in records:
                self.log.now_ms = record.timestamp
                self.log.append(Partition("judgments", number), record.value)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        world = Surroundings(self.store, self.log, self.producer, self.births, self.identities)

        def runner(partition: Partition) -> ShardRunner:
            return ShardRunner(
                partition,
                lambda: stage(partition),
                world,
                SilentObserver(),
                LIMITS,
                rejected_topic="judgments.rejected",
            )

        self.shards = Shards(runner, self.identities, LIMITS)
        self.log._stopped.clear()
        running = asyncio.create_task(self.log.run(self.shards))
        try:
            yield
        finally:
            await self.log.stop()
            await running

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Waits for it; what a shard raises ends the wait through the log's run."""
        async with asyncio.timeout(PATIENCE_S):
            while not await condition():  # noqa: ASYNC110 (memory servers tell nobody)
                await asyncio.sleep(0.005)

    async def caught_up(self) -> bool:
        """Every log is read to its end, and what was sent last to each receiver is stored there.

        A receiver that trims a whole batch has nothing to commit, so its stored offset may stay behind.
        """
        heads = {}
        for partition, runner in (self.shards.runners if self.shards else {}).items():
            head = heads[partition] = await self.store.head(str(partition))
            _, end = await self.log.bounds(partition)
            read = runner.expected is not None and runner.expected >= end
            if head is None or not head.commit or not read or (partition.topic == "judgments" and head.offset < end):
                return False
        if len(heads) < 2 * PARTITIONS:
            return False
        sent = [places(heads[Partition("judgments", source)].fields[b"sent"]) for source in range(PARTITIONS)]
        applied = [places(heads[Partition("outcomes", number)].fields[b"applied"]) for number in range(PARTITIONS)]
        return all(
            sent[source][number] == applied[number][source] for source, number in product(range(PARTITIONS), repeat=2)
        )

    def halted(self) -> dict[Partition, ShardRunner]:
        runners = self.shards.runners if self.shards else {}
        return {partition: runner for partition, runner in runners.items() if runner.state is State.HALTED}

    async def rows(self) -> dict[str, dict[bytes, bytes]]:
        """Everything that stage 2 holds but its positions."""
        return {
            f"{number}:{key}": await self.store.scan(f"outcomes:{number}", key)
            for number in range(PARTITIONS)
            for key in ("raters", "history", "evidence", "board", "findings")
        }


def stage(partition: Partition) -> Stage:
    if partition.topic == "judgments":
        return ItemStage(partition.number, PARTITIONS, Directory(KEY))
    return RatersStage(partition.number, PARTITIONS)


def places(stored: bytes) -> list[list[int]]:
    """(source offset, part) by destination or source."""
    return np.frombuffer(stored, "i8").reshape(-1, 2).tolist()
