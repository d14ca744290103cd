"""What only the memory adapter can do: the server's bad days, on demand. The rest is in tests/integration/state."""

import pytest

from stream.errors import Unavailable
from stream.state.memory_store import MemoryStore
from stream.state.port import Refusal
from tests.state_suite import SHARD, Claimant


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def worker(store: MemoryStore) -> Claimant:
    worker = Claimant(store, b"worker")
    await worker.claim(offset=0)
    return worker


async def test_a_restored_snapshot_is_a_server_that_lost_its_tail(store: MemoryStore, worker: Claimant) -> None:
    await worker.commit(10, rows={"raters": [(b"ann", b"1")]}, outbox=[b"old"])
    snapshot = store.snapshot()
    await worker.commit(20, rows={"raters": [(b"ann", b"2"), (b"bob", b"1")]}, outbox=[b"new"])
    store.restore(snapshot)
    assert await store.scan(SHARD, "raters") == {b"ann": b"1"}
    assert await store.outbox(SHARD) == [b"old"]
    assert await worker.commit(30) is Refusal.REWOUND


async def test_a_snapshot_can_be_restored_twice(store: MemoryStore, worker: Claimant) -> None:
    snapshot = store.snapshot()
    for _ in range(2):
        worker.at = 0
        assert await worker.commit(10, rows={"raters": [(b"ann", b"1")]}) is None
        store.restore(snapshot)
        assert await store.scan(SHARD, "raters") == {}


async def test_a_snapshot_from_before_the_claim_fences(store: MemoryStore, worker: Claimant) -> None:
    snapshot = store.snapshot()
    other = Claimant(store, b"other")
    await other.claim()
    store.restore(snapshot)
    assert await other.commit(10) is Refusal.FENCED


async def test_restoring_nothing_empties_the_store(store: MemoryStore, worker: Claimant) -> None:
    store.restore()
    assert await worker.commit(10) is Refusal.EMPTY


async def test_a_store_that_is_down_changes_nothing(store: MemoryStore, worker: Claimant) -> None:
    store.down = True
    with pytest.raises(Unavailable):
        await worker.commit(10)
    with pytest.raises(Unavailable):
        await store.head(SHARD)
    store.down = False
    head = await store.head(SHARD)
    assert head is not None
    assert head.offset == 0


async def test_a_lost_reply_is_raised_after_the_commit_was_applied(store: MemoryStore, worker: Claimant) -> None:
    store.lost_replies = 1
    with pytest.raises(Unavailable):
        await worker.commit(10, outbox=[b"message"])
    assert await store.outbox(SHARD) == [b"message"]
    assert await worker.retry() is None


async def test_what_was_read_does_not_change_with_later_commits(store: MemoryStore, worker: Claimant) -> None:
    await worker.commit(10, rows={"raters": [(b"ann", b"1")]}, outbox=[b"old"])
    head, rows, outbox = await store.head(SHARD), await store.scan(SHARD, "raters"), await store.outbox(SHARD)
    await worker.commit(20, head={b"x": b"1"}, rows={"raters": [(b"ann", b"2")]}, outbox=[b"new"])
    assert (rows, outbox) == ({b"ann": b"1"}, [b"old"])
    assert head is not None
    assert (head.offset, head.fields) == (10, {})
