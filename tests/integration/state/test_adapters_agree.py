"""Memory and Redis give the same answers to any sequence of calls, and hold the same afterwards."""

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.redis import Redis
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.memory_store import MemoryStore
from stream.state.port import Commit, ShardStore

# Small domains, so that owners, offsets, commit ids, keys and fields meet each other often.
OWNERS = st.sampled_from([b"a", b"b"])
OFFSETS = st.integers(0, 4)
KEYS = st.sampled_from(["raters", "items:1", "items:2"])
NAMES = st.sampled_from([b"x", b"\r\n", b"\0\xff"])
VALUES = st.binary(max_size=3)
FIELDS = st.dictionaries(st.sampled_from([b"schema", b"generation"]), VALUES, max_size=2)

Step = Callable[[ShardStore, str], Awaitable[object]]


def claim(owner: bytes, birth: dict[bytes, bytes], offset: int | None) -> Step:
    return lambda store, shard: store.claim(shard, owner, birth, offset)


def commit(commit: Commit) -> Step:
    return lambda store, shard: store.commit(shard, commit)


def wipe() -> Step:
    return lambda store, shard: store.wipe(shard)


COMMITS = st.builds(
    Commit,
    owner=OWNERS,
    expected=OFFSETS,
    offset=OFFSETS,
    commit=st.sampled_from([b"1", b"2", b"3"]),
    head=FIELDS,
    rows=st.dictionaries(KEYS, st.lists(st.tuples(NAMES, VALUES), max_size=4), max_size=3),
    removed=st.dictionaries(KEYS, st.lists(NAMES, max_size=3), max_size=2),
    dropped=st.lists(KEYS, max_size=2),
    outbox=st.none() | st.lists(VALUES, max_size=3),
)
STEPS = st.one_of(
    st.builds(commit, COMMITS),
    st.builds(commit, COMMITS),
    st.builds(commit, COMMITS),
    st.builds(claim, OWNERS, FIELDS, st.none() | OFFSETS),
    st.builds(wipe),
)


@given(first=OFFSETS, steps=st.lists(STEPS, min_size=4, max_size=30))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_memory_and_redis_agree(redis_server: Redis, first: int, steps: list[Step]) -> None:
    asyncio.run(_compare(redis_server.url, [wipe(), claim(b"a", {}, first), *steps]))


async def _compare(url: str, steps: list[Step]) -> None:
    memory, redis = MemoryStore(), open_store(RedisAccess(url))
    try:
        for step in steps:
            assert await step(memory, "t:0") == await step(redis, "t:0")
        assert await _held(memory) == await _held(redis)
    finally:
        await redis.close()


async def _held(store: ShardStore) -> list[object]:
    keys = ["raters", "items:1", "items:2"]
    names = [b"x", b"\r\n", b"\0\xff"]
    return [
        await store.head("t:0"),
        await store.outbox("t:0"),
        *[await store.scan("t:0", key) for key in keys],
        await store.load("t:0", dict.fromkeys(keys, names)),
    ]
