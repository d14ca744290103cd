from collections.abc import AsyncIterator, Callable

import pytest

from stack.redis import Redis
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.memory_store import MemoryStore
from stream.state.port import ShardStore
from stream.state.redis_store import RedisStore
from tests.state_suite import Claimant, Opened


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Opens stores and closes them when the test ends."""
    stores = []

    def _open(access: RedisAccess) -> RedisStore:
        stores.append(open_store(access))
        return stores[-1]

    yield _open
    for store in stores:
        await store.close()


@pytest.fixture
def redis_store(redis_server: Redis, opened: Opened) -> RedisStore:
    return opened(RedisAccess(redis_server.url))


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> ShardStore:
    if request.param == "memory":
        return MemoryStore()
    found: RedisStore = request.getfixturevalue("redis_store")
    return found


@pytest.fixture
def claimant(store: ShardStore) -> Callable[[bytes], Claimant]:
    return lambda owner: Claimant(store, owner)
