"""Who owns a shard, from its birth to its revocation."""

import asyncio
import contextlib

from stream.state.port import Refusal
from stream.transport.port import Partition
from stream.transport.runner import State
from tests.unit.transport.worlds import LIMITS, PARTITIONS, until


async def test_a_first_start_writes_its_birth_before_the_first_commit(world):
    world.judge(10)
    seen = []
    world.stop_points["before_commit"] = lambda: seen.append(set(world.births.markers))
    world.start()
    await world.agrees()
    assert set(seen[0]) == set(world.log.partitions)
    assert world.births.markers[Partition("judgments", 0)].topic_id == "t1"


async def test_a_birth_without_an_acknowledged_marker_is_marked_at_the_next_claim(world):
    await world.store.claim("judgments:0", b"died", {b"schema": b"1", b"topic_id": b"t1"}, 0)
    world.start()
    await until(lambda: Partition("judgments", 0) in world.births.markers)


async def test_every_claim_has_a_token_of_its_own(world):
    world.start()
    world.judge(100)
    await world.agrees()
    tokens = {(await world.store.head("judgments:0")).owner}
    for _ in range(3):
        await world.log.rebalance(world.log.partitions)
        tokens.add((await world.store.head("judgments:0")).owner)
    assert len(tokens) == 4


async def test_a_zombie_commits_nothing_and_waits_for_the_group(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.log.member = False
    for number in range(PARTITIONS):
        await world.store.claim(f"judgments:{number}", b"another", {}, None)
    world.judge(200)
    await until(lambda: all(world.runner("judgments", n).state is State.FENCED for n in range(PARTITIONS)))
    assert (await world.store.head("judgments:0")).owner == b"another"
    assert set(world.notes.refusals) == {Refusal.FENCED}
    world.log.member = True
    await world.agrees()


async def test_rebalances_keep_the_totals(world):
    world.start()
    for _ in range(15):
        world.judge(200)
        await asyncio.sleep(0.004)
        await world.log.rebalance(world.log.partitions)
    await world.agrees()
    assert not world.notes.refusals


async def test_nothing_is_committed_after_a_revocation(world):
    world.start()
    world.judge(300)
    await world.agrees()
    world.store.down = True
    world.judge(300)
    await until(lambda: bool(world.notes.pauses))
    runners = list(world.shards.runners.values())
    stopping = asyncio.create_task(world.shards.revoked(frozenset(world.shards.runners)))
    await asyncio.sleep(LIMITS.stop_wait_s + 0.2)
    await stopping
    world.store.down = False
    before = world.raters
    await asyncio.sleep(0.1)
    assert world.raters == before
    assert {runner.state for runner in runners} == {State.STOPPED}


async def test_a_revocation_ends_a_claim_that_overhears_it_is_cancelled(world):
    asked = asyncio.Event()

    async def overhear(shard):
        asked.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    world.births.find = overhear
    world.start()
    await asked.wait()
    runners = list(world.shards.runners.values())
    async with asyncio.timeout(5):
        await world.shards.revoked(frozenset(world.log.partitions))
    assert {runner.state for runner in runners} == {State.STOPPED}
    assert all(runner.task.done() for runner in runners)
