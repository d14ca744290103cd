"""Ending a task for certain."""

import asyncio
from typing import Any

_AGAIN_S = 0.5


async def end(task: "asyncio.Future[Any]") -> None:
    """Cancels the task and returns once it is over, whatever its outcome.

    One cancellation is not enough: asyncio.wait_for (before Python 3.12) and clients built on it lose one that comes in
    the instant in which the awaited result does.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)
    if not task.cancelled():
        task.exception()
