"""The shards this worker owns: the log's handler, one runner per partition."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from stream.transport.identity import Identities
from stream.transport.limits import RunnerLimits
from stream.transport.port import Batch, Partition
from stream.transport.runner import ShardRunner


class Shards:
    """Starts a runner for every partition that is assigned, and stops it when the partition is revoked."""

    def __init__(
        self, make_runner: Callable[[Partition], ShardRunner], identities: Identities, limits: RunnerLimits
    ) -> None:
        self._make_runner, self._identities, self._limits = make_runner, identities, limits
        self._runners: dict[Partition, ShardRunner] = {}
        self._left: dict[Partition, int] = {}  # where stopped shards stood, until the next assignment
        self._assignment = 0
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def runners(self) -> Mapping[Partition, ShardRunner]:
        """The runners of now, for health pages and the watchdog."""
        return self._runners

    async def assigned(self, partitions: frozenset[Partition]) -> Mapping[Partition, int]:
        assignment = self._assignment
        await self._identities.refresh()
        if assignment != self._assignment:
            # Revoked while this waited: claiming now would fence the owner that the group has chosen since.
            return {}
        self._left.clear()
        await self._stop(frozenset(self._runners) - partitions)
        for partition in sorted(partitions - self._runners.keys()):
            runner = self._runners[partition] = self._make_runner(partition)
            runner.task.add_done_callback(self._ended)
        await self._wait_for_claims([self._runners[partition] for partition in partitions])
        return {p: runner.expected for p, runner in self._runners.items() if runner.expected is not None}

    async def revoked(self, partitions: frozenset[Partition]) -> None:
        self._assignment += 1
        await self._stop(partitions)

    def room(self, partition: Partition) -> bool:
        runner = self._runners.get(partition)
        return runner is not None and runner.room()

    async def batch(self, batch: Batch) -> None:
        if self._failure.done():
            self._failure.result()
        # A batch without a runner was fetched under an assignment that has ended.
        if runner := self._runners.get(batch.partition):
            runner.put(batch)

    def positions(self) -> Mapping[Partition, int]:
        running = {p: runner.committed for p, runner in self._runners.items() if runner.committed is not None}
        return self._left | running

    async def failure(self) -> None:
        """Waits for an error that no shard foresaw, and raises it: the process must end, to be started again."""
        await asyncio.shield(self._failure)

    async def stop(self) -> None:
        """Commits what is applied in all shards and stops them."""
        await self.revoked(frozenset(self._runners))

    async def _stop(self, partitions: frozenset[Partition]) -> None:
        leaving = [self._runners.pop(partition) for partition in partitions if partition in self._runners]
        await asyncio.gather(*(runner.stop() for runner in leaving))
        self._left.update({r.partition: r.committed for r in leaving if r.committed is not None})

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) and not self._failure.done():
            self._failure.set_exception(error)

    async def _wait_for_claims(self, runners: Iterable[ShardRunner]) -> None:
        waits = [asyncio.ensure_future(runner.settled.wait()) for runner in runners]
        if waits:
            _, late = await asyncio.wait(waits, timeout=self._limits.claim_wait_s)
            for wait in late:
                wait.cancel()
