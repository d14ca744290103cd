"""The runner's promises on memory adapters: the same totals as an oracle, whatever store, producer and log do."""

import asyncio

import msgspec
import pytest

from stream.transport.port import Partition
from tests.integration.transport.counting_stage import CountingItems, CountingRaters
from tests.unit.transport.worlds import PARTITIONS, until


async def test_totals_equal_the_oracle(world):
    world.judge(1000)
    world.start()
    await world.agrees()
    world.judge(500)
    await world.agrees()


async def test_holes_in_the_log_are_passed_without_reading_again(world):
    world.judge(100)
    for number in range(PARTITIONS):
        world.log.append_marker(Partition("judgments", number))
    world.start()
    await world.agrees()
    sought = len(world.log.seeks)
    world.judge(100)
    await world.agrees()
    assert len(world.log.seeks) == sought


async def test_batches_lost_on_the_way_are_read_again(world):
    world.judge(2000)
    world.log.dropping = 3
    world.start()
    await world.agrees()
    assert len(world.log.seeks) > 2 * PARTITIONS  # the claims' seeks, and at least one more


async def test_a_commit_whose_reply_was_lost_counts_once(world):
    world.start()
    for _ in range(20):
        world.store.lost_replies = 1
        world.judge(40)
        await world.agrees()
    assert not world.notes.refusals
    assert "Redis, commit" in world.notes.pauses


async def test_a_store_that_is_away_pauses_and_nothing_is_lost(world):
    world.start()
    world.judge(300)
    await world.agrees()
    world.store.down = True
    world.judge(1500)
    await until(lambda: len(world.notes.pauses) > 20)
    assert not world.runner("judgments").room()
    assert world.runner("judgments").stuck_for_s == 0  # a known reason is no reason to end the process
    world.store.down = False
    await world.agrees()


async def test_a_clean_stop_commits_what_is_applied(world):
    world.judge(1000)
    world.start()
    await until(lambda: bool(world.notes.effects))
    await world.stop()
    for partition, reported in world.log.reports.items():
        assert (await world.store.head(str(partition))).offset == reported
    for number in range(PARTITIONS):
        shard = f"judgments:{number}"
        assert (await world.store.head(shard)).offset == world.notes.records_applied[shard]
    world.log._stopped.clear()
    world.start()
    await world.agrees()


async def test_a_stage_is_told_settled_only_when_its_rows_and_messages_are_safe(world):
    class Asking(CountingItems):
        def settled(self):
            stored = world.store._shards["judgments:0"]
            seen.append((stored.head[b"offset"], world.producer.holding))
            super().settled()

    seen = []
    world.stage = lambda partition: Asking(0, PARTITIONS) if partition.topic == "judgments" else CountingRaters(0)
    world.log.partitions = [Partition("judgments", 0)]
    world.producer.holding = True
    for _ in range(50):
        world.log.append(Partition("judgments", 0), msgspec.json.encode({"item": 1, "rater": 1, "worth": 5}))
    world.start()
    await until(lambda: world.producer.sent["outcomes"] > 0)
    await asyncio.sleep(0.02)
    assert seen == []
    world.producer.release()
    await until(lambda: bool(seen))
    assert seen[0] == (b"50", False)


async def test_a_stage_that_owes_one_more_commit_makes_it_without_a_further_record(world):
    class Sweeping(CountingItems):
        """Its first commit's outbox is not to stay."""

        def flush(self):
            flush = super().flush()
            self.unflushed = int(bool(flush.messages))
            return flush

    world.stage = lambda partition: Sweeping(0, PARTITIONS) if partition.topic == "judgments" else CountingRaters(0)
    world.log.partitions = [Partition("judgments", 0)]
    for _ in range(50):
        world.log.append(Partition("judgments", 0), msgspec.json.encode({"item": 1, "rater": 1, "worth": 5}))
    world.start()
    await until(lambda: world.producer.sent["outcomes"] > 0)
    shard = world.store._shards["judgments:0"]
    await until(lambda: shard.head[b"offset"] == b"50" and shard.outbox == [])
    assert world.runner("judgments").stuck_for_s == 0


async def test_an_unforeseen_error_reaches_the_one_who_runs_the_log(world):
    class Broken(CountingRaters):
        def read(self, records):
            raise KeyError("a bug")

    world.stage = lambda partition: Broken(0) if partition.topic == "outcomes" else CountingItems(partition.number, 2)
    world.judge(100)
    world.start()
    with pytest.raises(KeyError, match="a bug"):
        await world.shards.failure()
    await asyncio.gather(world._running, return_exceptions=True)
