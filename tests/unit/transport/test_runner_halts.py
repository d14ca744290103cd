"""What halts a shard, by name, and what lets it go on."""

import msgspec
import pytest

from stream.transport.amend import amend
from stream.transport.port import Partition
from stream.transport.runner import State
from tests.unit.transport.worlds import PARTITIONS, World, until


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (b"topic_id", b"t2", "topic id is t2"),
        (b"schema", b"2", "schema is 2"),
        (b"partitions:outcomes", b"8", "partitions of outcomes is 8"),
    ],
)
async def test_a_changed_deployment_halts_by_name(world, field, value, told):
    world.start()
    world.judge(50)
    await world.agrees()
    world.identities.fields[field] = value
    await world.log.rebalance(world.log.partitions)
    await until(lambda: len(world.notes.halts) == 2 * PARTITIONS)
    assert all(told in halt for halt in world.notes.halts)


async def test_records_that_expired_before_they_were_applied_halt_the_shard(world):
    world.start()
    world.judge(300)
    await world.agrees()
    await world.stop()
    world.judge(300)
    end = world.log.records(Partition("judgments", 0))[-1].offset
    world.log.expire(Partition("judgments", 0), end)
    world.log._stopped.clear()
    world.start()
    await until(lambda: bool(world.notes.halts))
    assert "judgments:0: the stored offset" in world.notes.halts[0]


async def test_one_halted_shard_does_not_hold_up_the_others():
    world = await halted_by_its_rejects()
    world.log.append(Partition("judgments", 1), msgspec.json.encode({"item": 1, "rater": 1, "worth": 5}))
    await world.agrees()
    assert world.runner("judgments", 0).state is State.HALTED
    assert world.runner("judgments", 1).state is State.RUNNING
    await world.stop()


async def test_a_halted_shard_goes_on_when_an_operator_changed_its_head():
    world = await halted_by_its_rejects()
    world._halt_after = 100
    await amend(world.store, "judgments:0", {b"rejects_run": b"0"})
    world.judge(100)
    await world.agrees()
    assert world.notes.resumes == ["judgments:0"]
    await world.stop()


async def halted_by_its_rejects():
    world = World(halt_after=5)
    world.start()
    world.judge(100)
    await world.agrees()
    for _ in range(8):
        world.log.append(Partition("judgments", 0), b"?")
    await until(lambda: bool(world.notes.halts))
    return world
