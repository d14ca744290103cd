"""A store that went back, or is empty, is found out and replayed."""

import pytest

from stream.state.port import Refusal
from stream.transport.port import Partition
from tests.unit.transport.worlds import PARTITIONS, until


@pytest.mark.parametrize("reporting", [True, False])
async def test_a_store_that_went_back_is_caught_and_replayed(world, reporting):
    world.log.reporting = reporting
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(400)
    await world.agrees()
    world.store.restore(snapshot)
    world.judge(100)
    await world.agrees()
    assert Refusal.REWOUND in world.notes.refusals
    assert sum(world.notes.rewinds) > 300


async def test_a_store_that_went_back_is_caught_though_nothing_more_arrives(world):
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(100)
    await world.agrees()
    world.store.restore(snapshot)
    await world.agrees()


async def test_outcomes_that_were_sent_before_the_store_went_back_are_trimmed(world):
    """Only stage 1 goes back: stage 2 meets outcomes again that are cut into other batches."""
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(333)
    await world.agrees()
    now = world.store.snapshot()
    for shard in now:
        if shard.startswith("judgments"):
            now[shard] = snapshot[shard]
    world.store.restore(now)
    world.judge(50)
    await world.agrees()
    assert not world.notes.halts


async def test_a_group_offset_above_the_stored_one_counts_as_a_regression(world):
    world.judge(100)
    world.log.reports[Partition("judgments", 0)] = 12
    world.start()
    await world.agrees()
    assert 12 in world.notes.rewinds


async def test_an_emptied_store_halts_until_it_is_restored(world):
    world.start()
    world.judge(300)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.store.restore()
    world.judge(300)
    await until(lambda: len(world.notes.halts) >= PARTITIONS)
    assert all("state is gone" in halt for halt in world.notes.halts)
    assert not world.runner("judgments").room()
    world.store.restore(snapshot)
    await world.agrees()
    assert world.notes.resumes


async def test_an_emptied_store_is_replayed_with_the_operators_word(world):
    world.start()
    world.judge(300)
    await world.agrees()
    await world.stop()
    world.store.restore()
    world.log._stopped.clear()
    world.allow_full_replay = True
    world.start()
    await world.agrees()
