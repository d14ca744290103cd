"""Follows partitions from given offsets, read committed, without a consumer group: positions live with the reader."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from aiokafka.structs import TopicPartition

from stream.errors import StateError, Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.port import Batch, Partition

_POLL_MS = 500


class Follower:
    """Made inside the event loop that runs it. `start` raises StateError where the log no longer holds an offset."""

    def __init__(self, connection: KafkaConnection, offsets: Mapping[Partition, int], most_records: int) -> None:
        self._connection, self._most = connection, most_records
        self._next = dict(offsets)
        self._consumer: Any = AIOKafkaConsumer(
            **connection.client_settings(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
        )

    async def start(self) -> None:
        """Connects and seeks. Raises `Unavailable` when Kafka does not answer."""
        places = {TopicPartition(*partition): offset for partition, offset in self._next.items()}
        try:
            await self._consumer.start()
            self._consumer.assign(list(places))
            first, end = await asyncio.gather(
                self._consumer.beginning_offsets(list(places)), self._consumer.end_offsets(list(places))
            )
            for place, offset in places.items():
                check_held(Partition(place.topic, place.partition), offset, first[place], end[place])
                self._consumer.seek(place, offset)
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    async def fetch(self) -> list[Batch]:
        """What comes within half a second; nothing at all when everything has been read."""
        try:
            found = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=self._most)
            ends = {place: await self._consumer.position(place) for place in found}
        except OffsetOutOfRangeError as error:
            raise StateError(_trimmed(", ".join(f"{p.topic}:{p.partition}" for p in error.args[0]))) from None
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error
        batches = []
        for place, records in found.items():
            partition = Partition(place.topic, place.partition)
            batches.append(Batch(partition, self._next[partition], records, ends[place]))
            self._next[partition] = ends[place]
        return batches

    async def lag(self) -> Mapping[Partition, int]:
        """Records that are there and not fetched, by partition; markers of transactions count."""
        places = [TopicPartition(*partition) for partition in self._next]
        try:
            ends = await self._consumer.end_offsets(places)
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error
        return {p: max(0, ends[TopicPartition(*p)] - offset) for p, offset in self._next.items()}

    async def stop(self) -> None:
        """Closes the connections."""
        await self._consumer.stop()

    def _unavailable(self, error: BaseException) -> Unavailable:
        return Unavailable(f"Kafka at {', '.join(self._connection.bootstrap)} does not answer: {error!r}")


def check_held(partition: Partition, offset: int, first: int, end: int) -> None:
    """Raises StateError when the log does not hold what follows `offset`."""
    if offset < first:
        raise StateError(_trimmed(f"{partition}, which begins at offset {first} by now and was followed to {offset}"))
    if offset > end:
        raise StateError(
            f"{partition} ends at offset {end}, and was followed to {offset}: it lost its end. Restore it, or go on "
            "with `raterwatch facts restart`"
        )


def _trimmed(where: str) -> str:
    return (
        f"Kafka has dropped what was not followed yet of {where}. Raise retention.ms for the next time, and go on with "
        "`raterwatch facts restart`: days that would be incomplete are left out"
    )
