"""How far a deployment has come: stored offsets against the ends of its logs."""

import asyncio

from stream.commands.kafka_reading import log_bounds
from stream.settings import Settings
from stream.state.connect import open_store
from stream.transport.port import Partition


async def stored_offsets(settings: Settings) -> tuple[int, int]:
    """Sums over partitions of the next offset stored, of (judgments, outcomes)."""
    store = open_store(settings.redis_access)
    try:
        sums = []
        for topic in (settings.judgments, settings.outcomes):
            heads = [await store.head(f"{topic}:{number}") for number in range(settings.partitions)]
            sums.append(sum(head.offset for head in heads if head is not None))
    finally:
        await store.close()
    return sums[0], sums[1]


async def end_offsets(settings: Settings) -> tuple[int, int]:
    """Sums over partitions of the log's end, of (judgments, outcomes)."""
    places = [
        Partition(topic, number)
        for topic in (settings.judgments, settings.outcomes)
        for number in range(settings.partitions)
    ]
    bounds = await asyncio.to_thread(log_bounds, settings.kafka_connection, places)
    ends = [
        sum(end for place, (_, end) in bounds.items() if place.topic == topic)
        for topic in (settings.judgments, settings.outcomes)
    ]
    return ends[0], ends[1]


async def caught_up(settings: Settings) -> bool:
    """Whether everything in both logs is applied and stored; outcomes are looked at after the judgments are."""
    stored = await stored_offsets(settings)
    return stored == await end_offsets(settings) and stored == await stored_offsets(settings)
