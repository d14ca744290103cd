"""Birth markers: that a shard once began is written down in Kafka, so that an emptied Redis is never taken for a first
start. They live in a compacted topic, key shard, newest marker wins.
"""

import asyncio
import time
from typing import Protocol

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.port import Partition, Producer

BIRTHS_TOPIC = "raterwatch.births"


class Birth(msgspec.Struct, frozen=True):
    """Where a shard's state began."""

    topic_id: str
    offset: int  # first offset applied


class Births(Protocol):
    """The markers of all shards."""

    async def find(self, shard: Partition) -> Birth | None:
        """The shard's marker; None when it was never born. May raise `Unavailable`."""

    async def record(self, shard: Partition, birth: Birth) -> None:
        """Returns once the marker is acknowledged. May raise `Unavailable`."""


class KafkaBirths:
    """Births in the topic `raterwatch.births` of one partition."""

    def __init__(self, connection: KafkaConnection, producer: Producer, topic: str = BIRTHS_TOPIC) -> None:
        self._connection = connection
        self._producer = producer
        self._topic = topic
        self._lock = asyncio.Lock()
        self._read_began_s = -1.0
        self._markers: dict[str, Birth] = {}

    async def find(self, shard: Partition) -> Birth | None:
        """Reads the topic: it holds a record or two a shard, and only a shard without a head asks."""
        asked_s = time.monotonic()
        async with self._lock:
            # At a first start all shards ask at once; one reading that began after they asked serves them all.
            if self._read_began_s < asked_s:
                self._read_began_s = time.monotonic()
                self._markers = await self._read()
        return self._markers.get(str(shard))

    async def record(self, shard: Partition, birth: Birth) -> None:
        await self._producer.send(self._topic, msgspec.json.encode(birth), key=str(shard).encode(), partition=0)

    async def _read(self) -> dict[str, Birth]:
        place = TopicPartition(self._topic, 0)
        consumer = AIOKafkaConsumer(
            **self._connection.client_settings(), isolation_level="read_committed", enable_auto_commit=False
        )
        markers: dict[str, Birth] = {}
        try:
            await consumer.start()
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            end = (await consumer.end_offsets([place]))[place]
            while await consumer.position(place) < end:
                for record in (await consumer.getmany(place, timeout_ms=1000)).get(place, ()):
                    markers[record.key.decode()] = msgspec.json.decode(record.value, type=Birth)
        except KafkaError as error:
            raise Unavailable(f"The birth markers in {self._topic} cannot be read: {error!r}") from error
        finally:
            await consumer.stop()
        return markers


class MemoryBirths:
    """Births in a dict."""

    def __init__(self) -> None:
        self.markers: dict[Partition, Birth] = {}

    async def find(self, shard: Partition) -> Birth | None:
        return self.markers.get(shard)

    async def record(self, shard: Partition, birth: Birth) -> None:
        self.markers[shard] = birth
