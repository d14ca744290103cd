"""Watches that the work goes on: a worker that stands still without a known reason is better started again."""

import asyncio
import logging
import time
from collections.abc import Callable

from stream.errors import Unavailable
from stream.transport.limits import RunnerLimits
from stream.transport.observer import RunnerObserver
from stream.transport.port import Log, Partition
from stream.transport.shards import Shards

_log = logging.getLogger(__name__)


class Watchdog:
    """Calls `give_up` with a sentence when, for `stuck_s`, delivered records were not committed, or the position of a
    shard with room did not move although the log has more to read. A halted shard and a server that does not answer
    are known reasons. Between its looks it tells the observer each shard's lag.
    """

    def __init__(
        self,
        log: Log,
        shards: Shards,
        observer: RunnerObserver,
        limits: RunnerLimits,
        give_up: Callable[[str], None],
    ) -> None:
        self._source, self._shards, self._observer, self._limits = log, shards, observer, limits
        self._give_up = give_up
        self._moved: dict[Partition, tuple[int, float]] = {}  # position and when it was first seen there

    async def run(self) -> None:
        """Looks every `watch_every_s`, until cancelled."""
        while True:
            await asyncio.sleep(self._limits.watch_every_s)
            await self.look(time.monotonic())

    async def look(self, now_s: float) -> None:
        """One look at every shard; `now_s` is the monotonic clock."""
        self._moved = {p: seen for p, seen in self._moved.items() if p in self._shards.runners}
        for partition, runner in list(self._shards.runners.items()):
            if runner.stuck_for_s > self._limits.stuck_s:
                self._give_up(f"{partition}: delivered records were not committed for {runner.stuck_for_s:.0f} s")
            try:
                await self._look_at_log(partition, now_s)
            except Unavailable as error:
                _log.warning("%s cannot be watched just now: %s", partition, error)
                self._moved.pop(partition, None)

    async def _look_at_log(self, partition: Partition, now_s: float) -> None:
        runner = self._shards.runners[partition]
        _, end = await self._source.bounds(partition)
        position = await self._source.position(partition)
        if runner.committed is not None:
            self._observer.lag(str(partition), max(0, end - max(runner.committed, runner.expected or 0)))
        if position is None or position >= end or not runner.room():
            self._moved.pop(partition, None)
            return
        seen_at, since_s = self._moved.get(partition, (position, now_s))
        if seen_at != position:
            since_s = now_s
        self._moved[partition] = (position, since_s)
        if now_s - since_s > self._limits.stuck_s:
            self._give_up(f"{partition}: nothing was fetched for {now_s - since_s:.0f} s, though the log goes to {end}")
