"""The Log port on a real broker: what the runner relies on."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.faust_consumer import LogSettings
from stream.transport.faust_log import FaustLog
from stream.transport.port import Batch, Partition


class Reader:
    """A handler that takes everything, from offsets that the test names."""

    def __init__(self, log: FaustLog, starts: dict[Partition, int] | None = None) -> None:
        self.log, self.starts = log, starts or {}
        self.batches: list[Batch] = []
        self.owned: set[Partition] = set()
        self.full: set[Partition] = set()
        self.told: dict[Partition, int] = {}
        self.failing: Exception | None = None

    async def assigned(self, partitions):
        for partition in partitions:
            await self.log.seek(partition, self.starts.get(partition, 0))
        self.owned = set(partitions)  # there is room only after the seek, as in a shard runner
        return {partition: self.starts.get(partition, 0) for partition in partitions}

    async def revoked(self, partitions):
        self.owned -= partitions

    def room(self, partition):
        return partition in self.owned and partition not in self.full

    async def batch(self, batch):
        if self.failing:
            raise self.failing
        self.batches.append(batch)

    def positions(self):
        return self.told

    def values(self, partition: Partition) -> list[bytes]:
        return [record.value for batch in self.batches if batch.partition == partition for record in batch.records]


async def until(condition: Callable[[], bool], patience_s: float = 30.0) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (the broker makes it true)
            await asyncio.sleep(0.02)


@pytest.fixture
async def producer(kafka):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    yield producer
    await producer.stop()


@pytest.fixture
def member(connection, topic):
    """Runs a member of the test's group until the block ends."""

    @asynccontextmanager
    async def running(starts: dict[Partition, int] | None = None):
        settings = LogSettings(
            f"g-{topic}", (topic,), session_timeout_s=6.0, heartbeat_s=0.3, beat_ms=20, settle_ms=5, report_every_s=0.2
        )
        log = FaustLog(connection, settings)
        reader = Reader(log, starts)
        run = asyncio.create_task(log.run(reader))
        try:
            yield reader
        finally:
            await log.stop()
            await asyncio.gather(run, return_exceptions=True)

    return running


async def send(producer: AIOKafkaProducer, topic: str, partition: int, *values: bytes) -> None:
    for value in values:
        await producer.send(topic, value, partition=partition)
    await producer.flush()


async def test_reading_starts_where_the_handler_says_and_batches_are_stamped(member, producer, topic):
    await send(producer, topic, 0, *[b"%d" % n for n in range(50)])
    place = Partition(topic, 0)
    async with member({place: 20}) as reader:
        await until(lambda: len(reader.values(place)) == 30)
        assert reader.values(place) == [b"%d" % n for n in range(20, 50)]
        assert reader.batches[0].start == 20
        assert reader.batches[-1].end == 50
        assert await reader.log.position(place) == 50
        await send(producer, topic, 0, b"next")
        await until(lambda: b"next" in reader.values(place))
        stamps = [(batch.start, batch.end) for batch in reader.batches]
        assert [end for _, end in stamps[:-1]] == [start for start, _ in stamps[1:]]


async def test_a_seek_back_delivers_again(member, producer, topic):
    place = Partition(topic, 1)
    await send(producer, topic, 1, *[b"%d" % n for n in range(10)])
    async with member() as reader:
        await until(lambda: len(reader.values(place)) == 10)
        await reader.log.seek(place, 4)
        await until(lambda: len(reader.values(place)) == 16)
        assert reader.values(place)[10:] == [b"%d" % n for n in range(4, 10)]
        await reader.log.seek(place, 0)
        await until(lambda: len(reader.values(place)) == 26)


async def test_a_partition_without_room_holds_up_no_other(member, producer, topic):
    slow, quick = Partition(topic, 0), Partition(topic, 1)
    async with member() as reader:
        await until(lambda: len(reader.owned) == 2)
        reader.full = {slow}
        await send(producer, topic, 1, b"q1")
        await until(lambda: reader.values(quick) == [b"q1"])  # ends the fetch that had begun before
        await send(producer, topic, 0, b"s1", b"s2")
        await send(producer, topic, 1, b"q2")
        await until(lambda: reader.values(quick) == [b"q1", b"q2"])
        assert reader.values(slow) == []
        reader.full = set()
        await until(lambda: reader.values(slow) == [b"s1", b"s2"])


async def test_aborted_records_are_not_delivered_and_open_transactions_bound_the_log(member, kafka, topic):
    place = Partition(topic, 0)
    writer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=f"t-{topic}")
    await writer.start()
    async with member() as reader:
        await writer.begin_transaction()
        await send(writer, topic, 0, b"aborted")
        await writer.abort_transaction()
        await writer.begin_transaction()
        await send(writer, topic, 0, b"kept")
        await until(lambda: reader.owned >= {place})
        assert await reader.log.bounds(place) == (0, 2)  # the aborted record and its marker; not the open one
        assert reader.values(place) == []
        await writer.commit_transaction()
        await until(lambda: reader.values(place) == [b"kept"])
        assert reader.batches[-1].end == 4  # past the marker behind it
        assert await reader.log.bounds(place) == (0, 4)
    await writer.stop()


async def test_the_group_is_told_and_can_be_asked(member, producer, topic, kafka):
    place = Partition(topic, 0)
    await send(producer, topic, 0, b"a", b"b")
    async with member() as reader:
        await until(lambda: len(reader.values(place)) == 2)
        assert await reader.log.reported(place) is None
        reader.told = {place: 1}
        async with asyncio.timeout(10):
            while await reader.log.reported(place) != 1:  # noqa: ASYNC110 (the broker makes it true)
                await asyncio.sleep(0.05)
        reader.told = {place: 2}
    group = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=f"g-{topic}")
    await group.start()
    assert await group.committed(TopicPartition(topic, 0)) == 2  # told once more when the member left
    await group.stop()


async def test_a_second_member_shares_the_partitions_and_gives_them_back(member, topic):
    first, second = Partition(topic, 0), Partition(topic, 1)
    async with member() as one:
        await until(lambda: one.owned == {first, second})
        assert await one.log.owned(first)
        async with member() as other:
            await until(lambda: len(one.owned) == 1 and len(other.owned) == 1)
            [mine] = one.owned
            [yours] = other.owned
            assert await one.log.owned(mine)
            assert not await one.log.owned(yours)
            assert await one.log.position(yours) is None
            await one.log.seek(yours, 0)  # not ours: nothing happens
        await until(lambda: one.owned == {first, second})


async def test_an_error_in_the_handler_ends_the_run_with_it(connection, producer, topic):
    log = FaustLog(connection, LogSettings(f"g-{topic}", (topic,)))
    reader = Reader(log)
    reader.failing = KeyError("a bug")
    await send(producer, topic, 0, b"x")
    with pytest.raises(KeyError, match="a bug"):
        await log.run(reader)


async def test_a_broker_that_is_not_there_is_told_apart():
    log = FaustLog(KafkaConnection(("127.0.0.1:1",)), LogSettings("g", ("t",)))
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 does not answer"):
        await log.run(Reader(log))
