"""The promise on real Kafka and Redis: nothing lost, nothing counted twice, against an oracle that reads the logs."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from stream.transport.faults import Point
from tests.integration.transport.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


# Stage 2 of this test has neither rejects nor an outbox.
KILLS = [(point, "judgments") for point in Point] + [
    (point, "outcomes") for point in (Point.CLAIMED, Point.APPLIED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT)
]


async def until(condition: Callable[[], bool], world: World, patience_s: float = 45.0) -> None:
    try:
        async with asyncio.timeout(patience_s):
            while not condition():  # noqa: ASYNC110 (another process makes it true)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"waited in vain\n{world.tail()}") from None


async def test_a_kill_at_any_point_of_the_protocol_loses_and_repeats_nothing(world):
    async with world.load(1_500, poison=0.01):
        for count, (point, topic) in enumerate(KILLS):
            worker = world.start_worker(fault=f"KILL@{point}:{1 + count % 4}:{topic}")
            await until(lambda worker=worker: not worker.alive, world)
            assert worker.process.returncode == -signal.SIGKILL, world.tail()
    world.start_worker()
    await world.agrees()


async def test_random_kills_of_two_workers_lose_and_repeat_nothing(world):
    async with world.load(2_000):
        workers = [world.start_worker(), world.start_worker()]
        for _ in range(5):
            victim = world.random.randrange(2)
            await until(lambda victim=victim: bool(workers[victim].claimed), world)
            await asyncio.sleep(world.random.uniform(0.1, 2.0))
            workers[victim].kill()
            workers[victim] = world.start_worker()
    await world.agrees(90)


async def test_workers_that_come_and_go_in_order_leave_the_totals_exact(world):
    async with world.load(2_000):
        workers = [world.start_worker()]
        for _ in range(4):
            workers.append(world.start_worker())
            await until(lambda: all(worker.claimed for worker in workers), world)
            await asyncio.sleep(0.5)
            assert await asyncio.to_thread(workers.pop(0).stop) == 0, world.tail()
    await world.agrees()
    assert not set().union(*(worker.refusals for worker in world.workers))


async def test_a_zombie_between_compute_and_commit_is_fenced_and_comes_back(world):
    async with world.load(1_500):
        zombie = world.start_worker(fault="STOP@before_commit:20:judgments")
        await until(lambda: "T (stopped)" in _status(zombie.process.pid), world)
        successor = world.start_worker()
        await until(lambda: len(successor.claimed) == 2 * world.partitions, world)
        zombie.signal(signal.SIGCONT)
        await until(lambda: "fenced" in zombie.refusals, world)
    await world.agrees()
    assert zombie.alive
    assert successor.alive


async def test_redis_killed_with_its_tail_cut_off_is_replayed(world):
    redis = world.stack.redis
    worker = world.start_worker()
    async with world.load(1_500):
        for _ in range(3):
            before = redis.aof_size()
            await until(lambda before=before: redis.aof_size() > before + 600_000, world)
            redis.kill()
            await asyncio.to_thread(redis.cut_aof, world.random.randrange(50_000, 400_000))
            await asyncio.to_thread(redis.start)
    await world.agrees()
    assert worker.alive
    assert worker.refusals <= {"rewound", "fenced"}
    assert any(worker.rewinds), world.tail()


async def test_an_emptied_redis_halts_and_is_replayed_only_with_the_operators_word(world):
    await world.produce(world.judgments(5_000))
    worker = world.start_worker()
    await world.agrees()
    redis = world.redis()
    await redis.flushall()
    await redis.aclose()
    await world.produce(world.judgments(1_000))
    await until(lambda: len(worker.halted) == 2 * world.partitions, world)
    assert not await world.raters()
    await asyncio.to_thread(worker.stop)
    world.start_worker(allow_full_replay=True)
    await world.agrees()


async def test_broker_and_redis_may_go_and_come_back(world):
    load = asyncio.create_task(world.produce(world.judgments(6_000), per_second=1_500))
    worker = world.start_worker()
    await until(lambda: bool(worker.claimed), world)
    world.stack.redis.pause()
    await asyncio.sleep(7.0)
    world.stack.redis.resume()
    await load
    world.stack.kafka.kill()
    await asyncio.sleep(3.0)
    await asyncio.to_thread(world.stack.kafka.start)
    await world.produce(world.judgments(3_000))
    await world.agrees(90)
    assert worker.alive


async def test_aborted_transactions_are_not_counted(world):
    worker = world.start_worker()
    producer = AIOKafkaProducer(bootstrap_servers=world.stack.kafka.bootstrap, transactional_id="t")
    await producer.start()
    for turn in range(10):
        await producer.begin_transaction()
        for partition, value in world.judgments(50):
            await producer.send("judgments", value, partition=partition)
        await producer.flush()
        await (producer.abort_transaction() if turn % 2 else producer.commit_transaction())
    await producer.stop()
    await world.agrees()
    await world.produce(world.judgments(100))
    await world.agrees()
    assert worker.alive


async def test_a_stopped_worker_has_committed_what_it_applied_and_told_the_group(world):
    await world.produce(world.judgments(5_000))
    worker = world.start_worker()
    await world.agrees()
    load = asyncio.create_task(world.produce(world.judgments(4_000), per_second=2_000))
    await asyncio.sleep(1.0)
    assert await asyncio.to_thread(worker.stop) == 0, world.tail()
    await load
    group = AIOKafkaConsumer(bootstrap_servers=world.stack.kafka.bootstrap, group_id="raterwatch")
    await group.start()
    redis = world.redis()
    for topic in ("judgments", "outcomes"):
        for number in range(world.partitions):
            stored = int(await redis.hget(f"rw:{{{topic}:{number}}}:head", "offset"))
            assert await group.committed(TopicPartition(topic, number)) == stored
    await redis.aclose()
    await group.stop()
    world.start_worker()
    await world.agrees()


async def test_rejects_are_recorded_with_their_place(world):
    await world.produce(world.judgments(3_000, poison=0.01))
    world.start_worker()
    await world.agrees()
    logs = await world.read("judgments")
    poisoned = {
        f"{number}:{record.offset}" for number, log in enumerate(logs) for record in log if record.value == b"?"
    }
    [rejected] = await world.read("judgments.rejected")
    assert {dict(record.headers)["raterwatch-id"].decode() for record in rejected} == poisoned
    assert {record.value for record in rejected} == {b"?"}


def _status(pid: int) -> str:
    with open(f"/proc/{pid}/status") as status:  # noqa: PTH123 (a pseudo file)
        return status.read()
