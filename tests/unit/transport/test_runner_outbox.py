"""What is owed to Kafka is acknowledged before the next commit."""

import asyncio

from stream.transport.port import Partition
from stream.transport.rejected import read_reject
from tests.unit.transport.worlds import PARTITIONS, until


async def test_the_outbox_is_sent_again_when_a_process_died_before_producing(world):
    class Died(BaseException):
        """Ends the shard's task like a kill ends a process: nothing is cleaned up."""

    def die() -> None:
        world.stop_points.clear()
        raise asyncio.CancelledError

    world.judge(200)
    world.stop_points["after_commit"] = die
    world.start()
    await until(lambda: "after_commit" not in world.stop_points)
    await world.log.rebalance(world.log.partitions)
    await world.agrees()


async def test_rejects_are_acknowledged_before_the_commit_that_passes_them(world):
    world.judge(300, poison=0.1)
    world.producer.holding = True
    world.start()
    await until(lambda: world.producer.sent["judgments.rejected"] > 0)
    await asyncio.sleep(0.05)
    assert [(await world.store.head(f"judgments:{n}")).offset for n in range(PARTITIONS)] == [0, 0]
    world.producer.release()
    await world.agrees()
    rejected = [read_reject(r.value, r.headers) for r in world.log.records(Partition("judgments.rejected", 0))]
    assert {(r.reason, r.value) for r in rejected} == {("malformed", b"?")}
    ids = [r.id for r in rejected]
    assert len(ids) == len(set(ids))


async def test_the_next_commit_waits_for_the_outbox_to_be_acknowledged(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.producer.holding = True
    world.judge(100)
    await until(lambda: len(world.producer._held) >= PARTITIONS * PARTITIONS)  # each shard to each destination
    heads = [await world.store.head(f"judgments:{n}") for n in range(PARTITIONS)]
    boxes = [await world.store.outbox(f"judgments:{n}") for n in range(PARTITIONS)]
    world.judge(100)
    await asyncio.sleep(0.05)
    assert [await world.store.head(f"judgments:{n}") for n in range(PARTITIONS)] == heads
    assert [await world.store.outbox(f"judgments:{n}") for n in range(PARTITIONS)] == boxes
    world.producer.release()
    await world.agrees()


async def test_a_producer_that_is_away_delays_and_loses_nothing(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.producer.down = True
    world.judge(600)
    await until(lambda: world.notes.pauses.count("Kafka, outbox") > 5)
    world.producer.down = False
    await world.agrees()
    assert not world.notes.halts
