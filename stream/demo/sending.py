"""Sends a crowd's judgments at a steady pace."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from stream.demo.crowd import Now
from stream.events import Event
from stream.intake.partition import partition_of
from stream.settings import Settings
from stream.transport.producer import KafkaProducer

_TICK_S = 0.02


async def send(
    events: Iterable[Event],
    settings: Settings,
    *,
    per_second: float,
    progress: Callable[[int], None],
    keep: list[Event],
) -> None:
    """Sends the events as of now, `per_second` of them (0: as fast as it goes); those sent are appended to `keep`.

    Returns when Kafka has acknowledged all.
    """
    producer, now, started = KafkaProducer(settings.kafka_connection), Now(), time.monotonic()
    waiting: list[Awaitable[None]] = []
    try:
        for number, event in enumerate(events):
            if per_second and number > (time.monotonic() - started) * per_second:
                await asyncio.sleep(_TICK_S)
            elif number % 5_000 == 0:
                await asyncio.gather(*waiting)
                waiting = []
            moved = now.moved(event, time.time_ns() // 1_000_000)
            key = getattr(event, "item_id", "")
            partition = partition_of(key, settings.partitions)
            waiting.append(
                producer.send(settings.judgments, msgspec.json.encode(moved), key=key.encode(), partition=partition)
            )
            keep.append(moved)
            progress(number + 1)
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()
