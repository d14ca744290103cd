"""The part of `raterwatch escalation` that draws samples for blind re-judging: the only one that asks Redis."""

import asyncio
import logging
import random

from alerts.escalation.service import Service
from alerts.escalation.work.sampling import draw_samples, to_sample
from stream.commands.options import opened_store
from stream.commands.rater_pool import read_pool
from stream.commands.reading import ShardReader
from stream.errors import StateError, Unavailable
from stream.settings import Settings

EVERY_S = 3_600.0
_log = logging.getLogger(__name__)


async def keep_sampling(service: Service, settings: Settings) -> None:
    """Draws once an hour; a Redis that does not answer, or holds nothing yet, is asked again the next time."""
    chance = random.SystemRandom()
    while not service.stop.is_set():
        try:
            async with opened_store(settings) as store:
                await draw(service, settings, store, chance)
        except (Unavailable, StateError) as error:
            _log.warning("no samples were drawn: %s", error)
        await service.pause(EVERY_S)


async def draw(service: Service, settings: Settings, store: ShardReader, chance: random.Random) -> int:
    """Draws what is to be drawn now; returns how many samples."""
    wanted = await asyncio.to_thread(_wanted, service)
    if not wanted:
        return 0
    pool = await read_pool(store, settings, wanted, chance)

    def write() -> int:
        with service.store.writing() as session:
            return len(draw_samples(session, pool, service.settings.sampling_seed, chance, service.clock()))

    return await asyncio.to_thread(write)


def _wanted(service: Service) -> set[tuple[str, str]]:
    with service.store.reading() as session:
        rows = to_sample(session, service.settings.sampling_seed)
        return {(row.queue, row.rater_id) for row in rows if row.rater_id is not None}
