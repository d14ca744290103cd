"""What a worker sees when its Redis dies, forgets, fills up or refuses."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from stack.redis import Redis
from stream.errors import StateError, Unavailable
from stream.state.access import RedisAccess
from stream.state.keys import full_key
from stream.state.port import Refusal
from stream.state.redis_store import RedisStore
from tests.state_suite import SHARD, Claimant, Opened

Answer = TypeVar("Answer")


@pytest.fixture
def server(redis_server: Redis) -> Iterator[Redis]:
    yield redis_server
    redis_server.restart()  # settings changed by a test end here


@pytest.fixture
def store(server: Redis, opened: Opened) -> RedisStore:
    return opened(RedisAccess(server.url, timeout_seconds=1.0))


@pytest.fixture
async def worker(store: RedisStore) -> Claimant:
    worker = Claimant(store, b"worker")
    await worker.claim(offset=0)
    return worker


async def configure(store: RedisStore, name: str, value: str) -> None:
    await store.call("CONFIG", "SET", name, value)


async def answered(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Asks again as a worker does: the first call after a restart may meet the old, broken connection."""
    try:
        return await call()
    except Unavailable:
        return await call()


def batch(offset: int, rows: int = 50) -> dict[str, list[tuple[bytes, bytes]]]:
    """Rows that all name the offset they were written with, so that a torn commit shows."""
    return {"raters": [(b"%d" % number, b"%d" % offset) for number in range(rows)]}


async def test_a_killed_server_loses_no_commit_and_the_worker_goes_on(server: Redis, worker: Claimant) -> None:
    await worker.commit(10, rows=batch(10), outbox=[b"message"])
    server.kill()
    with pytest.raises(Unavailable, match="check that it runs"):
        await worker.commit(20, rows=batch(20))
    server.start()
    assert await worker.store.load(SHARD, {"raters": [b"7"]}) == {"raters": [b"10"]}
    assert await worker.store.outbox(SHARD) == [b"message"]
    assert await worker.retry() is None
    assert await worker.store.load(SHARD, {"raters": [b"7"]}) == {"raters": [b"20"]}


async def test_every_call_says_unavailable_while_the_server_is_away(server: Redis, worker: Claimant) -> None:
    server.kill()
    calls = [
        worker.store.head(SHARD),
        worker.store.claim(SHARD, b"other", {}, 0),
        worker.store.load(SHARD, {"raters": [b"a"]}),
        worker.store.load(SHARD, {"raters": [b"a"], "items:1": [b"a"]}),
        worker.store.scan(SHARD, "raters"),
        worker.store.outbox(SHARD),
        worker.store.wipe(SHARD),
        worker.commit(10),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            await call
    server.start()
    assert await worker.commit(10) is None


@pytest.mark.parametrize("lost_commits", [1, 3])
async def test_a_lost_tail_is_seen_as_a_rewind(server: Redis, worker: Claimant, lost_commits: int) -> None:
    sizes = []
    for offset in range(10, 80, 10):
        await worker.commit(offset, rows=batch(offset))
        sizes.append(server.aof_size())
    server.kill()
    # The cut goes through the middle of a commit: Redis drops what is left of it too.
    server.cut_aof(sizes[-1] - (sizes[-lost_commits - 1] + sizes[-lost_commits]) // 2)
    server.start()
    assert await answered(lambda: worker.commit(80, rows=batch(80))) is Refusal.REWOUND
    head = await worker.claim()
    assert head is not None
    assert head.offset == 70 - 10 * lost_commits
    assert set((await worker.store.scan(SHARD, "raters")).values()) == {b"%d" % head.offset}
    assert await worker.commit(80, rows=batch(80)) is None


async def test_a_server_from_before_the_claim_fences_the_worker(server: Redis, worker: Claimant) -> None:
    await worker.commit(10)
    size = server.aof_size()
    other = Claimant(worker.store, b"other")
    await other.claim()
    server.kill()
    server.cut_aof(server.aof_size() - size)
    server.start()
    assert await answered(lambda: other.commit(20)) is Refusal.FENCED


async def test_an_emptied_server_is_seen_as_empty(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10)
    await store.call("FLUSHALL")
    assert await worker.commit(20, rows=batch(20)) is Refusal.EMPTY
    assert await worker.claim() is None
    assert await store.scan(SHARD, "raters") == {}


async def test_forgotten_scripts_are_sent_again(store: RedisStore, worker: Claimant) -> None:
    await store.call("SCRIPT", "FLUSH")
    assert await worker.commit(10) is None
    await store.call("SCRIPT", "FLUSH")
    assert await worker.claim() is not None


async def test_a_full_server_refuses_a_commit_whole_and_takes_it_later(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10, rows={"raters": [(b"ann", b"1")], "items:1": [(b"i", b"x")]}, outbox=[b"message"])
    await configure(store, "maxmemory", "1")
    with pytest.raises(Unavailable, match="raise maxmemory"):
        await worker.commit(20, rows=batch(20), removed={"raters": [b"ann"], "items:1": [b"i"]}, outbox=[])
    assert await store.scan(SHARD, "raters") == {b"ann": b"1"}
    assert await store.scan(SHARD, "items:1") == {b"i": b"x"}
    assert await store.outbox(SHARD) == [b"message"]
    with pytest.raises(Unavailable, match="raise maxmemory"):
        await store.claim("judgments:8", b"worker", {}, 0)
    await configure(store, "maxmemory", "0")
    assert await worker.retry() is None


async def test_a_full_server_takes_the_commit_that_drops_a_generation(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10, rows={"items:1": [(b"i", b"x")]})
    await configure(store, "maxmemory", "1")
    assert await worker.commit(20, rows={"items:2": [(b"j", b"y")]}, dropped=["items:1"]) is None
    assert await store.scan(SHARD, "items:2") == {b"j": b"y"}


async def test_a_full_server_can_be_wiped(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10, rows=batch(10))
    await configure(store, "maxmemory", "1")
    await store.wipe(SHARD)
    assert await store.call("KEYS", "*") == []


async def test_a_commit_that_timed_out_was_applied_and_its_retry_succeeds(server: Redis, worker: Claimant) -> None:
    server.pause()
    with pytest.raises(Unavailable, match="did not answer in time"):
        await worker.commit(10, rows=batch(10), outbox=[b"message"])
    server.resume()
    assert await worker.retry() is None
    assert await worker.store.outbox(SHARD) == [b"message"]
    assert await worker.commit(20) is None


async def test_a_demoted_server_refuses_until_it_is_primary_again(store: RedisStore, worker: Claimant) -> None:
    connection = await store.call("CLIENT", "ID")
    await store.call("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(Unavailable, match="is a replica now"):
        await worker.commit(10)
    # The name may lead to another server by now, so the old connection must not serve again.
    assert await store.call("CLIENT", "ID") != connection
    await store.call("REPLICAOF", "NO", "ONE")
    assert await worker.retry() is None


async def test_a_server_without_its_replicas_refuses(store: RedisStore, worker: Claimant) -> None:
    await configure(store, "min-replicas-to-write", "1")
    with pytest.raises(Unavailable, match="NOREPLICAS"):
        await worker.commit(10)
    await configure(store, "min-replicas-to-write", "0")
    assert await worker.retry() is None


async def test_a_key_that_someone_else_wrote_stops_the_commit_before_it_writes(
    store: RedisStore, worker: Claimant
) -> None:
    await worker.commit(10, rows=batch(10))
    await store.call("SET", full_key(store.prefix, SHARD, "history"), b"stranger")
    with pytest.raises(StateError, match="its own prefix"):
        await worker.commit(20, rows={**batch(20), "history": [(b"ann", b"1")]})
    assert set((await store.scan(SHARD, "raters")).values()) == {b"10"}
    head = await store.head(SHARD)
    assert head is not None
    assert head.offset == 10


async def test_rows_left_without_a_head_are_gone_after_a_birth(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10, rows={"raters": [(b"ann", b"1")], "items:41": [(b"i", b"x")]}, outbox=[b"message"])
    await store.call("DEL", full_key(store.prefix, SHARD, "head"))
    await worker.claim(offset=0)
    assert await store.scan(SHARD, "raters") == {}
    assert await store.scan(SHARD, "items:41") == {}
    assert await store.outbox(SHARD) == []


async def test_a_commit_that_comes_during_a_wipe_leaves_nothing(store: RedisStore, worker: Claimant) -> None:
    class Busy(RedisStore):
        async def _all_keys(self, shard: str) -> list[bytes]:
            found = await super()._all_keys(shard)
            assert await worker.commit(20, rows={"items:2": [(b"i", b"x")]}) is Refusal.EMPTY
            return found

    await worker.commit(10, rows=batch(10))
    await Busy(store.client, store.prefix, store.server).wipe(SHARD)
    assert await store.call("KEYS", "*") == []


async def test_errors_name_the_server_and_no_row(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10)
    await store.call("SET", full_key(store.prefix, SHARD, "raters"), b"stranger")
    with pytest.raises(StateError) as caught:
        await store.load(SHARD, {"raters": [b"secret-rater"], "items:1": [b"secret-item"]})
    shown = f"{caught.value} {caught.value.__cause__}"
    assert "127.0.0.1" in shown
    assert "secret" not in shown


async def test_keys_stand_under_prefix_and_hash_tag(store: RedisStore, worker: Claimant) -> None:
    await worker.commit(10, rows=batch(10), outbox=[b"message"])
    keys = await store.call("KEYS", "*")
    assert sorted(keys) == [b"rw:{judgments:7}:head", b"rw:{judgments:7}:outbox", b"rw:{judgments:7}:raters"]
