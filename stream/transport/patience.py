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
        self.waiting = 0  # calls that currently wait for a server: the watchdog's excuse

    async def until_available(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result. `what` names the server and the deed, for the log and the metric."""
        pause_s = self._limits.retry_first_s
        while True:
            try:
                return await call()
            except Unavailable:
                # Jitter keeps the shards of all workers from coming back in the same instant.
                wait_s = pause_s * random.uniform(0.5, 1.0)  # noqa: S311 (nothing secret)
                self._observer.unavailable(self._shard, what, wait_s)
                await self._rest(wait_s)
                pause_s = min(2 * pause_s, self._limits.retry_longest_s)

    async def _rest(self, seconds: float) -> None:
        self.waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.waiting -= 1
