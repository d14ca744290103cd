"""What every adapter of the shard port does; each test runs on memory and on a real Redis."""

from collections.abc import Callable

import pytest

from stream.state.port import Commit, Head, Refusal, ShardStore
from tests.state_suite import SHARD, Claimant

MakeClaimant = Callable[[bytes], Claimant]
BINARY = bytes(range(256)) + b"\r\n$3\r\n\0"


@pytest.fixture
async def worker(claimant: MakeClaimant) -> Claimant:
    born = claimant(b"worker")
    await born.claim(birth={b"schema": b"1"}, offset=100)
    return born


async def test_an_unborn_shard_has_no_head_and_no_outbox(store: ShardStore) -> None:
    assert await store.head(SHARD) is None
    assert await store.outbox(SHARD) == []
    assert await store.scan(SHARD, "raters") == {}
    assert await store.load(SHARD, {"raters": [b"ann"]}) == {"raters": [None]}


async def test_a_claim_without_an_offset_gives_no_birth(store: ShardStore, claimant: MakeClaimant) -> None:
    assert await claimant(b"worker").claim(birth={b"schema": b"1"}) is None
    assert await store.head(SHARD) is None


async def test_birth_sets_offset_owner_and_fields(store: ShardStore, claimant: MakeClaimant) -> None:
    head = await claimant(b"worker").claim(birth={b"schema": b"1", b"topic": BINARY}, offset=100)
    assert head == Head(b"worker", 100, b"", {b"schema": b"1", b"topic": BINARY})
    assert await store.head(SHARD) == head


async def test_a_claim_of_a_living_shard_changes_its_owner_only(worker: Claimant, claimant: MakeClaimant) -> None:
    await worker.commit(110, head={b"generation": b"3"}, rows={"raters": [(b"ann", b"1")]}, outbox=[b"message"])
    head = await claimant(b"other").claim(birth={b"schema": b"2"}, offset=0)
    assert head == Head(b"other", 110, b"worker/110", {b"schema": b"1", b"generation": b"3"})
    assert await worker.store.scan(SHARD, "raters") == {b"ann": b"1"}
    assert await worker.store.outbox(SHARD) == [b"message"]


async def test_a_claim_fences_the_old_owner(worker: Claimant, claimant: MakeClaimant) -> None:
    await claimant(b"other").claim()
    assert await worker.commit(110, rows={"raters": [(b"ann", b"1")]}) is Refusal.FENCED
    assert await worker.store.scan(SHARD, "raters") == {}


async def test_the_new_owner_commits_where_the_old_one_stood(worker: Claimant, claimant: MakeClaimant) -> None:
    await worker.commit(110)
    other = claimant(b"other")
    await other.claim()
    assert await other.commit(120) is None


async def test_a_commit_writes_all_its_parts(worker: Claimant) -> None:
    store = worker.store
    await worker.commit(110, rows={"raters": [(b"ann", b"1"), (b"bob", b"1")], "items:1": [(b"i", b"x")]})
    refusal = await worker.commit(
        120,
        head={b"generation": b"2"},
        rows={"raters": [(b"ann", b"2")], "items:2": [(b"j", b"y")]},
        removed={"raters": [b"bob", b"nobody"], "queues": [b"none"]},
        dropped=["items:1", "items:0"],
        outbox=[b"first", b"second"],
    )
    assert refusal is None
    assert await store.head(SHARD) == Head(b"worker", 120, b"worker/120", {b"schema": b"1", b"generation": b"2"})
    assert await store.scan(SHARD, "raters") == {b"ann": b"2"}
    assert await store.scan(SHARD, "items:1") == {}
    assert await store.scan(SHARD, "items:2") == {b"j": b"y"}
    assert await store.outbox(SHARD) == [b"first", b"second"]


async def test_deletes_come_before_writes(worker: Claimant) -> None:
    await worker.commit(110, rows={"board": [(b"a", b"1"), (b"b", b"1")], "raters": [(b"ann", b"1")]})
    await worker.commit(
        120,
        rows={"board": [(b"b", b"2")], "raters": [(b"ann", b"2")]},
        removed={"raters": [b"ann"]},
        dropped=["board"],
    )
    assert await worker.store.scan(SHARD, "board") == {b"b": b"2"}
    assert await worker.store.scan(SHARD, "raters") == {b"ann": b"2"}


async def test_shards_do_not_touch_each_other(worker: Claimant) -> None:
    neighbour = Claimant(worker.store, b"worker", shard=SHARD + "0")
    await neighbour.claim(offset=5)
    await neighbour.commit(6, rows={"raters": [(b"ann", b"theirs")]}, outbox=[b"theirs"])
    await worker.commit(110, rows={"raters": [(b"ann", b"mine")]}, outbox=[b"mine"])
    await worker.store.wipe(SHARD)
    assert await neighbour.store.scan(neighbour.shard, "raters") == {b"ann": b"theirs"}
    assert await neighbour.store.outbox(neighbour.shard) == [b"theirs"]
    assert await neighbour.commit(7) is None


async def test_a_lost_reply_is_a_success_when_the_commit_comes_again(worker: Claimant) -> None:
    await worker.commit(110, rows={"raters": [(b"ann", b"1")]}, outbox=[b"message"])
    assert await worker.retry() is None
    assert await worker.store.head(SHARD) == Head(b"worker", 110, b"worker/110", {b"schema": b"1"})
    assert await worker.store.outbox(SHARD) == [b"message"]


async def test_a_repeated_commit_is_refused_once_another_owner_is_there(
    worker: Claimant, claimant: MakeClaimant
) -> None:
    await worker.commit(110)
    await claimant(b"other").claim()
    assert await worker.retry() is Refusal.FENCED


@pytest.mark.parametrize(
    ("expected", "refusal"),
    [
        (109, Refusal.UNEXPLAINED),
        (110, None),
        (111, Refusal.REWOUND),
        (20, Refusal.UNEXPLAINED),  # as text it would be above
        (1_000, Refusal.REWOUND),  # as text it would be below
        (9_007_199_254_740_991, Refusal.REWOUND),
    ],
)
async def test_the_stored_offset_decides(worker: Claimant, expected: int, refusal: Refusal | None) -> None:
    await worker.commit(110, outbox=[b"before"])
    worker.at = expected
    assert await worker.commit(expected + 10, rows={"raters": [(b"ann", b"1")]}, outbox=[b"after"]) is refusal
    wrote = refusal is None
    assert await worker.store.scan(SHARD, "raters") == ({b"ann": b"1"} if wrote else {})
    assert await worker.store.outbox(SHARD) == ([b"after"] if wrote else [b"before"])
    head = await worker.store.head(SHARD)
    assert head is not None
    assert head.offset == (120 if wrote else 110)


async def test_a_known_commit_id_at_another_offset_is_no_success(worker: Claimant) -> None:
    await worker.commit(110)
    stranger = Commit(b"worker", 105, 115, b"worker/110")
    assert await worker.store.commit(SHARD, stranger) is Refusal.UNEXPLAINED


async def test_a_commit_to_a_shard_without_a_head_is_refused(worker: Claimant) -> None:
    await worker.store.wipe(SHARD)
    assert await worker.commit(110, rows={"raters": [(b"ann", b"1")]}) is Refusal.EMPTY
    assert await worker.store.scan(SHARD, "raters") == {}


async def test_a_commit_may_stay_at_its_offset(worker: Claimant) -> None:
    assert await worker.commit(100, outbox=[]) is None
    assert await worker.retry() is None
    assert await worker.commit(110) is None


async def test_an_outbox_is_left_replaced_or_emptied(worker: Claimant) -> None:
    await worker.commit(110, outbox=[b"a", b"b"])
    await worker.commit(120, outbox=None)
    assert await worker.store.outbox(SHARD) == [b"a", b"b"]
    await worker.commit(130, outbox=[b"c"])
    assert await worker.store.outbox(SHARD) == [b"c"]
    await worker.commit(140, outbox=[])
    assert await worker.store.outbox(SHARD) == []


async def test_values_and_names_are_any_bytes(worker: Claimant) -> None:
    await worker.commit(
        110, head={BINARY: BINARY}, rows={"raters": [(BINARY, BINARY), (b"", b"")]}, outbox=[BINARY, b""]
    )
    head = await worker.store.head(SHARD)
    assert head is not None
    assert head.fields[BINARY] == BINARY
    assert await worker.store.scan(SHARD, "raters") == {BINARY: BINARY, b"": b""}
    assert await worker.store.load(SHARD, {"raters": [BINARY, b""]}) == {"raters": [BINARY, b""]}
    assert await worker.store.outbox(SHARD) == [BINARY, b""]


async def test_one_commit_takes_twenty_thousand_rows(worker: Claimant) -> None:
    rows = [(b"rater %d" % number, b"%d" % number * 40) for number in range(20_000)]
    messages = [b"message %d" % number for number in range(3_001)]
    assert await worker.commit(110, rows={"raters": rows, "history": rows[:1_001]}, outbox=messages) is None
    assert await worker.store.scan(SHARD, "raters") == dict(rows)
    assert await worker.store.scan(SHARD, "history") == dict(rows[:1_001])
    assert await worker.store.outbox(SHARD) == messages
    assert await worker.commit(120, removed={"raters": [name for name, _ in rows[1:]]}) is None
    assert await worker.store.scan(SHARD, "raters") == dict(rows[:1])


async def test_messages_may_be_large(worker: Claimant) -> None:
    messages = [b"x" * (512 * 1024), b"y" * 8_192, b"z" * 8_191]
    await worker.commit(110, outbox=messages)
    assert await worker.store.outbox(SHARD) == messages


async def test_loading_answers_in_the_order_asked(worker: Claimant) -> None:
    await worker.commit(110, rows={"raters": [(b"ann", b"1"), (b"bob", b"2")], "items:1": [(b"i", b"x")]})
    wanted = {"items:1": [b"none", b"i"], "raters": [b"bob", b"carl", b"ann", b"bob"], "golds": [b"g"], "queues": []}
    loaded = await worker.store.load(SHARD, wanted)
    assert loaded == {"items:1": [None, b"x"], "raters": [b"2", None, b"1", b"2"], "golds": [None], "queues": []}
    assert list(loaded) == list(wanted)
    assert await worker.store.load(SHARD, {}) == {}
    assert await worker.store.load(SHARD, {"raters": []}) == {"raters": []}


async def test_fields_are_found_by_what_their_values_hold(worker: Claimant) -> None:
    many = [(b"row%d" % n, b"ann" if n % 1000 == 0 else b"bob") for n in range(5_000)]
    await worker.commit(101, rows={"raters": [*many, (BINARY, b"x" + BINARY)], "golds": [(b"g", b"ann")]})
    found = await worker.store.find(SHARD, "raters", [b"ann", BINARY])
    assert sorted(found) == sorted([b"row0", b"row1000", b"row2000", b"row3000", b"row4000", BINARY])
    assert await worker.store.find(SHARD, "raters", [b"eve"]) == []
    assert await worker.store.find(SHARD, "nothing", [b"ann"]) == []


async def test_wiping_forgets_everything_and_a_birth_starts_anew(worker: Claimant, claimant: MakeClaimant) -> None:
    await worker.commit(110, rows={"raters": [(b"ann", b"1")], "items:12": [(b"i", b"x")]}, outbox=[b"message"])
    await worker.store.wipe(SHARD)
    assert await worker.store.head(SHARD) is None
    assert await worker.store.outbox(SHARD) == []
    assert await worker.store.scan(SHARD, "items:12") == {}
    assert await claimant(b"other").claim(birth={b"schema": b"2"}, offset=0) == Head(
        b"other", 0, b"", {b"schema": b"2"}
    )


async def test_wiping_an_unborn_shard_does_nothing(store: ShardStore) -> None:
    await store.wipe(SHARD)
    assert await store.head(SHARD) is None


@pytest.mark.parametrize("name", [b"owner", b"offset", b"commit"])
async def test_a_stage_may_not_write_the_stores_own_fields(worker: Claimant, name: bytes) -> None:
    with pytest.raises(ValueError, match=name.decode()):
        await worker.commit(110, head={name: b"1"})
    with pytest.raises(ValueError, match=name.decode()):
        await worker.store.claim(SHARD, b"other", {name: b"1"}, 0)
    assert await worker.commit(110) is None
