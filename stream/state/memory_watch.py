"""Looks at the memory of the Redis servers now and then, so that somebody is told before they are full."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from stream.errors import Unavailable
from stream.state.guard import facts_of
from stream.state.redis_store import RedisStore

_log = logging.getLogger(__name__)
_EVERY_S = 15.0
Tell = Callable[[str, int, int], Any]


class ServerMemory(NamedTuple):
    """A server's memory; a limit of 0 is none."""

    server: str
    used_bytes: int
    limit_bytes: int


async def server_memory(store: RedisStore) -> list[ServerMemory]:
    """Of every primary. Raises Unavailable as the store does."""
    facts = await facts_of(store)
    return [ServerMemory(server, int(told["used_memory"]), int(told["maxmemory"])) for server, told in facts.items()]


async def watch_memory(store: RedisStore, tell: Tell, every_s: float = _EVERY_S) -> None:
    """Tells (server, used bytes, limit bytes) again and again until cancelled; while Redis is away nothing is told."""
    while True:
        try:
            for memory in await server_memory(store):
                tell(*memory)
        except Unavailable as error:
            # The shard runners say at once, and louder, that Redis is away.
            _log.info("memory of Redis is unknown: %s", error)
        await asyncio.sleep(every_s)
