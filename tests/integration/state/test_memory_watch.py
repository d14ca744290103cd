"""The memory of a real Redis, told again and again."""

import asyncio

from stack.redis import Redis
from stream.state.access import RedisAccess
from stream.state.memory_watch import server_memory, watch_memory
from tests.state_suite import Opened


async def test_memory_is_told_until_cancelled_also_after_redis_was_away(redis_server: Redis, opened: Opened) -> None:
    store = opened(RedisAccess(redis_server.url))
    await store.call("CONFIG", "SET", "maxmemory", "100mb")
    [memory] = await server_memory(store)
    assert memory.server == store.server
    assert memory.limit_bytes == 100 * 1024 * 1024
    assert 0 < memory.used_bytes < memory.limit_bytes
    told: asyncio.Queue[tuple[str, int, int]] = asyncio.Queue()
    watching = asyncio.create_task(watch_memory(store, lambda *memory: told.put_nowait(memory), every_s=0.01))
    try:
        async with asyncio.timeout(30):
            await told.get()
            await asyncio.to_thread(redis_server.restart)
            while not told.empty():
                told.get_nowait()
            server, _, limit = await told.get()
        assert (server, limit) == (store.server, 0), "the restart forgot the limit"
    finally:
        watching.cancel()
