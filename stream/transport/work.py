"""The work between a claim and its end: apply what arrives, commit what is applied, at most one commit on its way."""

import asyncio
import time
from collections.abc import Sequence

from stream.errors import ShardHalted, ShardLost
from stream.stages.port import Reject
from stream.state.port import Head, Refusal
from stream.transport.claim import Claimed, Surroundings
from stream.transport.committer import Committer
from stream.transport.faults import Point
from stream.transport.inbox import Inbox
from stream.transport.limits import RunnerLimits
from stream.transport.observer import RunnerObserver
from stream.transport.patience import Patience
from stream.transport.port import Batch, Partition


class ShardWork:
    """Drives one claimed stage. Thrown away with its stage when a commit is refused."""

    def __init__(
        self,
        partition: Partition,
        claimed: Claimed,
        world: Surroundings,
        observer: RunnerObserver,
        patience: Patience,
        limits: RunnerLimits,
        *,
        rejected_topic: str,
    ) -> None:
        self._partition, self._shard = partition, str(partition)
        self._claimed, self._stage = claimed, claimed.stage
        self._world, self._observer, self._patience, self._limits = world, observer, patience, limits
        self._wake = asyncio.Event()
        self._inbox = Inbox(claimed.stage.offset)
        self._rejects: list[Reject] = []
        # When the oldest record that is not yet in a commit was applied.
        self._oldest_at: float | None = time.monotonic() if claimed.stage.unflushed else None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0
        self._idle = False  # nothing happened for long
        self._pending_since = time.monotonic()
        self._stopping = False
        self.committer = Committer(
            partition, claimed, world, observer, patience, rejected_topic=rejected_topic, finished=self._wake.set
        )

    @property
    def queued(self) -> int:
        """Batches waiting."""
        return len(self._inbox)

    @property
    def expected(self) -> int:
        """Next position of the log to be delivered."""
        return self._inbox.expected

    @property
    def pending_for_s(self) -> float:
        """Seconds since something was delivered or committed, while something delivered is not committed; else 0."""
        if not (self._inbox or self._unwritten or self.committer.busy):
            return 0.0
        return time.monotonic() - max(self._pending_since, self.committer.committed_at)

    def put(self, batch: Batch) -> None:
        """Takes a batch."""
        if not (self._inbox or self._unwritten or self.committer.busy):
            self._pending_since = time.monotonic()
        self._inbox.put(batch)
        self._wake.set()

    def stop(self) -> None:
        """Lets `run` commit what is applied and return; what only waits is left to the next owner."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`; raises `ShardLost` when a commit is refused, `ShardHalted` when the stage cannot go on."""
        self._commit_when_due()
        while not self._stopping:
            await self._next_occasion()
            self.committer.check()
            # While a commit is on its way the next one's records are applied, up to a full commit's number.
            while self._inbox and self._unwritten < self._limits.flush_records and not self._stopping:
                await self._apply_next()
                self._commit_when_due()
                # Between two batches the other shards and the commit on its way get their turn.
                await asyncio.sleep(0)
                self.committer.check()
            self._commit_when_due()
        await self._commit_rest()

    async def abandon(self) -> None:
        """Leaves everything as it is; after it returns nothing more is sent to the store."""
        if self._alarm is not None:
            self._alarm.cancel()
        await self.committer.abandon()

    async def _next_occasion(self) -> None:
        """A batch, a finished commit, an alarm or a stop. Whoever waits long looks after its head meanwhile: a store
        that went back would otherwise be noticed by the next commit only, and an idle shard makes none.
        """
        if not self._wake.is_set():
            # A timer of our own: a timeout around the wait would cost more than the wait.
            patience = asyncio.get_running_loop().call_later(self._limits.idle_check_s, self._grow_idle)
            try:
                await self._wake.wait()
            finally:
                patience.cancel()
        self._wake.clear()
        if self._idle:
            self._idle = False
            if not self.committer.busy:
                await self._confirm_ownership()

    def _grow_idle(self) -> None:
        self._idle = True
        self._wake.set()

    async def _apply_next(self) -> None:
        if self._inbox.gap:
            await self._read_again()
            return
        records = self._inbox.take(self._limits.batch_records)
        if not records:
            return
        stage = self._stage
        try:
            work = stage.read(records)
            if sought := stage.sought(work):
                stage.found({key: await self._find(key, pieces) for key, pieces in sought.items()})
            while wanted := stage.missing(work):
                stage.fill(await self._load(wanted), wanted)
            effects = stage.apply(work)
        except ShardHalted:
            # What came before is sound and is kept. And if the shard is no longer ours, neither was what the stage saw.
            await self._commit_rest()
            await self._confirm_ownership()
            raise
        self._rejects.extend(effects.rejects)
        if self._oldest_at is None:
            self._oldest_at = time.monotonic()
        self._observer.applied(self._shard, effects, time.time_ns() // 1_000_000)
        self._world.fault(self._shard, Point.APPLIED)

    async def _load(self, wanted: dict[str, list[bytes]]) -> dict[str, list[bytes | None]]:
        return await self._patience.until_available("Redis, rows", lambda: self._world.store.load(self._shard, wanted))

    async def _find(self, key: str, pieces: Sequence[bytes]) -> list[bytes]:
        return await self._patience.until_available(
            "Redis, search", lambda: self._world.store.find(self._shard, key, pieces)
        )

    async def _read_again(self) -> None:
        """Records between `expected` and the next batch were dropped on the way (a flow stop, an old assignment)."""
        bounds = await self._patience.until_available("Kafka, bounds", lambda: self._world.log.bounds(self._partition))
        if self._inbox.expected < bounds[0]:
            await self._commit_rest()
            raise ShardHalted(
                self._shard,
                f"offsets {self._inbox.expected} to {bounds[0]} expired before they were applied",
                "Lengthen the topic's retention, then rebuild the shard with `raterwatch rebuild`",
            )
        self._inbox.clear()
        await self._world.log.seek(self._partition, self._inbox.expected)

    @property
    def _unwritten(self) -> int:
        return max(self._stage.unflushed, len(self._rejects))

    def _commit_when_due(self) -> None:
        if self.committer.busy or self._oldest_at is None or not self._unwritten:
            return
        age_s = time.monotonic() - self._oldest_at
        # With more work at hand, a larger commit is cheaper and nobody's latency suffers: the backlog is the latency.
        busy = bool(self._inbox) or self._unwritten >= self._limits.busy_records
        linger_s = (self._limits.backlog_linger_ms if busy else self._limits.linger_ms) / 1000
        if age_s >= linger_s or self._unwritten >= self._limits.flush_records:
            self._commit()
        else:
            self._wake_in(linger_s - age_s)

    def _commit(self) -> None:
        records, rejects = self._unwritten, self._rejects
        flush = self._stage.flush()
        self._rejects, self._oldest_at = [], time.monotonic() if self._stage.unflushed else None
        self.committer.start(flush, rejects, records)

    def _wake_in(self, seconds: float) -> None:
        now_s = time.monotonic()
        if self._alarm is not None:
            if self._alarm_at <= now_s + seconds:
                return  # one that comes too early is set again
            self._alarm.cancel()
        self._alarm, self._alarm_at = asyncio.get_running_loop().call_later(seconds, self._ring), now_s + seconds

    def _ring(self) -> None:
        self._alarm = None
        self._wake.set()

    async def _commit_rest(self) -> None:
        await self.committer.wait()
        while self._unwritten:
            self._commit()
            await self.committer.wait()

    async def _confirm_ownership(self) -> None:
        head = await self._patience.until_available("Redis, head", lambda: self._world.store.head(self._shard))
        refusal = _contradiction(head, self._claimed.owner, self.committer.committed)
        if refusal is not None:
            self._observer.refused(self._shard, refusal)
            raise ShardLost(self._shard, refusal)


def _contradiction(head: Head | None, owner: bytes, committed: int) -> Refusal | None:
    """What a commit would be refused for."""
    if head is None:
        return Refusal.EMPTY
    if head.owner != owner:
        return Refusal.FENCED
    if head.offset != committed:
        return Refusal.REWOUND if head.offset < committed else Refusal.UNEXPLAINED
    return None
