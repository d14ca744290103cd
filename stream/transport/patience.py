"""Doing the same thing again until the server answers."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from stream.errors import Unavailable
from stream.transport.limits import RunnerLimits
from stream.transport.observer import RunnerObserver

T = TypeVar("T")


class Patience:
    """Repeats a call that raises `Unavailable`, with pauses that double, for as long as nobody cancels it."""

    def __init__(self, shard: str, observer: RunnerObserver, limits: RunnerLimits) -> None:
        self._shard, self._observer, self._limits = shard, observer, limits
        self.waiting = 0  # calls that failed and are being repeated: the watchdog's excuse

    async def until_available(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result. `what` names the server and the deed, for the log and the metric."""
        try:
            return await call()
        except Unavailable as error:
            return await self._again(what, call, error)

    async def _again(self, what: str, call: Callable[[], Awaitable[T]], error: Unavailable) -> T:
        pause_s = self._limits.retry_first_s
        self.waiting += 1
        try:
            while True:
                # Jitter keeps the shards of all workers from coming back in the same instant.
                wait_s = pause_s * random.uniform(0.5, 1.0)  # noqa: S311 (nothing secret)
                self._observer.unavailable(self._shard, what, str(error), wait_s)
                await asyncio.sleep(wait_s)
                try:
                    return await call()
                except Unavailable as again:
                    error, pause_s = again, min(2 * pause_s, self._limits.retry_longest_s)
        finally:
            self.waiting -= 1
