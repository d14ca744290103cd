"""Log and shards together, until asked to stop or until something fails that nobody foresaw."""

import asyncio
import logging
from typing import Any

from stream.transport.ending import end
from stream.transport.port import Log
from stream.transport.shards import Shards

_log = logging.getLogger(__name__)


async def serve(log: Log, shards: Shards, stopping: asyncio.Event) -> None:
    """Returns after a clean stop: everything applied is committed and acknowledged, the group is left.

    Raises what a shard, the handler or the log raised: the process must then exit, to be started again.
    """
    running = asyncio.create_task(log.run(shards), name="log")
    waits: list[asyncio.Task[Any]] = [
        running,
        asyncio.create_task(stopping.wait()),
        asyncio.create_task(shards.failure()),
    ]
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        await log.stop()
        await running
        for task in done:
            task.result()
    finally:
        for task in waits:
            await end(task)
