import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from stack.local import LocalStack
from stream.errors import SettingsError, Unavailable
from stream.transport.births import Birth, KafkaBirths
from stream.transport.connection import KafkaConnection
from stream.transport.port import Partition
from stream.transport.producer import KafkaProducer
from stream.transport.topics import TopicSpec, ensure_topics


@pytest.fixture
async def producer(connection):
    producer = KafkaProducer(connection)
    yield producer
    await producer.stop()


async def read(connection: KafkaConnection, topic: str, partition: int) -> list[object]:
    consumer = AIOKafkaConsumer(bootstrap_servers=list(connection.bootstrap))
    await consumer.start()
    place = TopicPartition(topic, partition)
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    end = (await consumer.end_offsets([place]))[place]
    found: list[object] = []
    while await consumer.position(place) < end:
        found += (await consumer.getmany(place, timeout_ms=500)).get(place, [])
    await consumer.stop()
    return found


async def test_records_keep_their_order_and_carry_key_and_headers(producer, connection, topic):
    sends = [
        producer.send(topic, b"%d" % n, key=b"k", partition=1, headers=[("why", b"test")] if n == 0 else ())
        for n in range(500)
    ]
    await asyncio.gather(*sends)
    records = await read(connection, topic, 1)
    assert [record.value for record in records] == [b"%d" % n for n in range(500)]
    assert records[0].key == b"k"
    assert records[0].headers == (("why", b"test"),)


async def test_a_send_to_a_partition_that_does_not_exist_names_the_setting(producer, topic):
    with pytest.raises(SettingsError, match="no such partition"):
        await producer.send(topic, b"x", partition=99)
    await producer.send(topic, b"y", partition=0)


async def test_stopping_delivers_what_was_queued(connection, topic):
    producer = KafkaProducer(connection)
    sends = [producer.send(topic, b"%d" % n, partition=0) for n in range(50)]
    await producer.stop()
    await asyncio.gather(*sends)
    assert len(await read(connection, topic, 0)) == 50


async def test_a_broker_that_goes_away_fails_the_send_and_the_next_ones_succeed_when_it_is_back(monkeypatch):
    monkeypatch.setattr("stream.transport.producer.ACKNOWLEDGEMENT_TIMEOUT_S", 1.5)
    with LocalStack(redis=False) as stack:
        connection = KafkaConnection((stack.kafka.bootstrap,))
        await asyncio.to_thread(ensure_topics, connection, [TopicSpec("t", 1)], replication=1)
        producer = KafkaProducer(connection)
        await producer.send("t", b"before", partition=0)
        stack.kafka.kill()
        with pytest.raises(Unavailable):
            await producer.send("t", b"meanwhile", partition=0)
        await asyncio.to_thread(stack.kafka.start)
        async with asyncio.timeout(60):
            while True:
                try:
                    await producer.send("t", b"after", partition=0)
                    break
                except Unavailable:
                    await asyncio.sleep(0.2)
        await producer.stop()
        values = [record.value for record in await read(connection, "t", 0)]
        assert values[0] == b"before"
        assert values[-1] == b"after"


async def test_birth_markers_are_found_again_and_the_latest_wins(producer, connection, topic):
    births = KafkaBirths(connection, producer, topic)
    shard, other = Partition("judgments", 3), Partition("judgments", 4)
    assert await births.find(shard) is None
    await births.record(shard, Birth("id-1", 0))
    await births.record(shard, Birth("id-2", 7))
    assert await births.find(shard) == Birth("id-2", 7)
    assert await births.find(other) is None
