"""One shard's commits, one at a time: rejects to Kafka, state to the store, outbox to Kafka, and only then the next."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence

from stream.errors import ShardLost
from stream.stages.port import Flush, Message, Reject
from stream.state.port import Commit
from stream.transport import outbox
from stream.transport.claim import Claimed, Surroundings
from stream.transport.ending import end
from stream.transport.faults import Point
from stream.transport.observer import RunnerObserver
from stream.transport.patience import Patience
from stream.transport.port import Partition
from stream.transport.rejected import send_reject

COMMIT_ID_BYTES = 8


class Committer:
    """Writes what a stage flushed. `committed` is the next offset as it is durably stored."""

    def __init__(
        self,
        partition: Partition,
        claimed: Claimed,
        world: Surroundings,
        observer: RunnerObserver,
        patience: Patience,
        *,
        rejected_topic: str,
        finished: Callable[[], None],
    ) -> None:
        self._partition, self._shard = partition, str(partition)
        self._claimed, self._stage, self._world = claimed, claimed.stage, world
        self._observer, self._patience = observer, patience
        self._rejected_topic = rejected_topic
        self._finished = finished
        self._outbox_stored = claimed.outbox_stored
        self._running: asyncio.Task[None] | None = None
        self.committed = claimed.stage.offset
        self.committed_at = time.monotonic()

    @property
    def busy(self) -> bool:
        """A commit is on its way, or failed and was not looked at."""
        return self._running is not None

    def check(self) -> None:
        """Clears a finished commit away; raises `ShardLost` when it was refused."""
        if self._running is not None and self._running.done():
            finished, self._running = self._running, None
            finished.result()

    def start(self, flush: Flush, rejects: Sequence[Reject], records: int) -> None:
        """Begins the commit and returns; `finished` is called at its end. Only when not `busy`."""
        self._running = asyncio.create_task(self._run(flush, rejects, records))
        self._running.add_done_callback(lambda _: self._finished())

    async def wait(self) -> None:
        """Waits for the commit that is on its way, if any; raises `ShardLost` when it was refused."""
        if self._running is not None:
            await asyncio.wait([self._running])
            self.check()

    async def abandon(self) -> None:
        """Stops waiting for the commit. It may still be stored: the next owner's claim sees it, or fences it."""
        if self._running is not None:
            running, self._running = self._running, None
            await end(running)

    async def _run(self, flush: Flush, rejects: Sequence[Reject], records: int) -> None:
        started = time.monotonic()
        if rejects:
            self._world.fault(self._shard, Point.BEFORE_REJECTS)
            await self._patience.until_available("Kafka, rejects", lambda: self._deliver_rejects(rejects))
        await self._store(flush)
        if flush.messages:
            await self._patience.until_available("Kafka, outbox", lambda: self._deliver_outbox(flush.messages))
            self._world.fault(self._shard, Point.AFTER_ACKNOWLEDGEMENT)
        self._stage.settled()
        self._observer.committed(self._shard, records, time.monotonic() - started)

    async def _store(self, flush: Flush) -> None:
        commit = Commit(
            owner=self._claimed.owner,
            expected=self.committed,
            offset=flush.offset,
            commit=os.urandom(COMMIT_ID_BYTES),
            head=flush.head,
            rows=flush.rows,
            removed=flush.removed,
            dropped=flush.dropped,
            outbox=self._outbox_of(flush),
        )
        self._world.fault(self._shard, Point.BEFORE_COMMIT)
        # The very same commit is tried again: when a reply was lost, the store finds its id and answers success.
        refusal = await self._patience.until_available(
            "Redis, commit", lambda: self._world.store.commit(self._shard, commit)
        )
        if refusal is not None:
            self._observer.refused(self._shard, refusal)
            raise ShardLost(self._shard, refusal)
        self.committed, self.committed_at = flush.offset, time.monotonic()
        self._outbox_stored = bool(flush.messages)
        self._world.fault(self._shard, Point.AFTER_COMMIT)

    def _outbox_of(self, flush: Flush) -> list[bytes] | None:
        """Replaces what is stored; an empty outbox over an empty one needs no writing."""
        if flush.messages or self._outbox_stored:
            return outbox.encode(flush.messages)
        return None

    async def _deliver_rejects(self, rejects: Sequence[Reject]) -> None:
        producer = self._world.producer
        await outbox.acknowledged([send_reject(r, self._partition, self._rejected_topic, producer) for r in rejects])

    async def _deliver_outbox(self, messages: Sequence[Message]) -> None:
        sending = asyncio.ensure_future(outbox.deliver(messages, self._world.producer))
        await asyncio.sleep(0)
        self._world.fault(self._shard, Point.BEFORE_ACKNOWLEDGEMENT)
        await sending
