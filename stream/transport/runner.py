"""One shard from assignment to revocation: claim, work, and begin again when a commit is refused or the shard halts.

Knows neither Faust nor Redis: only the ports of log, store, producer and stage.
"""

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum

from stream.errors import ShardHalted, ShardLost
from stream.stages.port import Stage
from stream.state.port import Head, Refusal
from stream.transport.claim import Surroundings, claim
from stream.transport.ending import end
from stream.transport.limits import RunnerLimits
from stream.transport.observer import RunnerObserver
from stream.transport.patience import Patience
from stream.transport.port import Batch, Partition
from stream.transport.work import ShardWork


class State(StrEnum):
    """Where a runner stands."""

    CLAIMING = "claiming"
    RUNNING = "running"
    FENCED = "fenced"  # refused as a stranger: waits until the group confirms the partition, or takes it away
    HALTED = "halted"
    STOPPED = "stopped"


class ShardRunner:
    """Runs the shard of one partition; `make_stage` makes a fresh stage for every claim. Made inside the event loop."""

    def __init__(
        self,
        partition: Partition,
        make_stage: Callable[[], Stage],
        world: Surroundings,
        observer: RunnerObserver,
        limits: RunnerLimits,
        *,
        rejected_topic: str,
    ) -> None:
        self.partition, self.shard = partition, str(partition)
        self.state = State.CLAIMING
        self.halt: ShardHalted | None = None
        self.running = asyncio.Event()  # set while the shard works
        self.settled = asyncio.Event()  # set once the first claim came to an end, good or bad
        self._make_stage, self._world, self._observer, self._limits = make_stage, world, observer, limits
        self._rejected_topic = rejected_topic
        self._patience = Patience(self.shard, observer, limits)
        self._work: ShardWork | None = None
        self._believed = 0  # next offset as our last commit had stored it: below it, the store went back
        self._losses = 0
        self._stopping = False
        self.task = asyncio.create_task(self._live(), name=f"shard {self.shard}")  # fails only if nobody foresaw it

    def room(self) -> bool:
        """Whether another batch may be fetched."""
        return self._work is not None and self.running.is_set() and self._work.queued < self._limits.queued_batches

    def put(self, batch: Batch) -> None:
        """Takes a batch. While the shard is not at work it is dropped: the next claim seeks back to it."""
        if self._work is not None and self.running.is_set():
            self._work.put(batch)

    @property
    def committed(self) -> int | None:
        """Next offset as durably stored; None before the first claim."""
        return None if self._work is None else self._work.committer.committed

    @property
    def expected(self) -> int | None:
        """Next position to be delivered; None while the shard is not at work."""
        return self._work.expected if self._work is not None and self.running.is_set() else None

    @property
    def stuck_for_s(self) -> float:
        """Seconds without progress on delivered records, without a reason that is known and reported; else 0."""
        if self._work is None or not self.running.is_set() or self._patience.waiting:
            return 0.0
        return self._work.pending_for_s

    async def stop(self) -> None:
        """Commits what is applied, within `stop_wait_s`; after it returns this runner commits nothing more."""
        self._stopping = True
        if self._work is not None and self.running.is_set():
            self._work.stop()
            await asyncio.wait([self.task], timeout=self._limits.stop_wait_s)
        await end(self.task)
        await self._leave_work()
        self.state = State.STOPPED
        self._observer.released(self.shard)

    async def _live(self) -> None:
        while not self._stopping:
            try:
                work = await self._take_over()
                if not self._stopping:
                    await work.run()
            except ShardLost as lost:
                await self._leave_work()
                await self._after_loss(lost)
            except ShardHalted as halt:
                await self._leave_work()
                await self._wait_for_operator(halt)

    async def _take_over(self) -> ShardWork:
        self.state = State.CLAIMING
        started = time.monotonic()
        claimed = await self._patience.until_available(
            "claim", lambda: claim(self.partition, self._make_stage, self._world)
        )
        offset = claimed.stage.offset
        if went_back := max(claimed.went_back, self._believed - offset):
            self._observer.rewound(self.shard, went_back)
        self._work = ShardWork(
            self.partition,
            claimed,
            self._world,
            self._observer,
            self._patience,
            self._limits,
            rejected_topic=self._rejected_topic,
        )
        await self._world.log.seek(self.partition, offset)
        self.state = State.RUNNING
        self.running.set()
        self.settled.set()
        self._observer.claimed(self.shard, offset, time.monotonic() - started)
        return self._work

    async def _leave_work(self) -> None:
        self.running.clear()
        if self._work is not None:
            await self._work.abandon()
            progressed = self._work.committer.committed > self._believed
            self._losses = 0 if progressed else self._losses
            self._believed = self._work.committer.committed

    async def _after_loss(self, lost: ShardLost) -> None:
        if lost.outcome == Refusal.FENCED:
            self.state = State.FENCED
            # A heartbeat sent after the refusal, and accepted, proves that the group still means us. Without it we are
            # the zombie, and claiming would only fence the rightful owner: then an assignment will come, or an end.
            while not await self._world.log.owned(self.partition):  # noqa: ASYNC110 (only the broker knows)
                await asyncio.sleep(self._limits.owned_poll_s)
        self._losses += 1
        if self._losses > 1:
            # Claims send the outbox again; a shard that is refused over and over must not do so in a tight loop.
            await asyncio.sleep(min(self._limits.retry_first_s * 2**self._losses, self._limits.retry_longest_s))

    async def _wait_for_operator(self, halt: ShardHalted) -> None:
        """Stands still until the shard's head changes: `rejects resume` and `rebuild` leave their mark there."""
        self.halt, self.state = halt, State.HALTED
        self.settled.set()
        self._observer.halted(self.shard, halt.reason, halt.remedy)
        halted_with = await self._head()
        while True:
            await asyncio.sleep(self._limits.halted_poll_s)
            if await self._head() != halted_with and await self._world.log.owned(self.partition):
                break
        self.halt = None
        self._observer.resumed(self.shard)

    async def _head(self) -> Head | None:
        return await self._patience.until_available("Redis, head", lambda: self._world.store.head(self.shard))
