from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.simulate.behaviours import Behaviour
from stream.simulate.calendars import PAUSE_MS, Calendar, mean_ms, most_in_a_session
from stream.simulate.crowd import Crowd
from stream.simulate.world import World

LONG_DAY_MS = 6 * 3_600_000  # what exposed raters work without a break: well beyond the limit of four hours
LONG_SHARE = 0.25  # of a queue's judgments that may come from them: the others must remain a crowd
MOOD = 0.3  # by how much a session may be longer or shorter than usual
SLOWEST, FASTEST = 0.5, 1.5  # how far a rater's tempo moves the judgments of a session
AHEAD = 1e9  # puts those on a long day before everybody in the queue for a place


@dataclass(frozen=True, slots=True)
class Shift:
    """One queue's work in one block: who is there, and how many items each would like to judge."""

    start_ms: int
    queue: int
    raters: NDArray[np.int64]  # without copiers: they come with their partners
    long: NDArray[np.bool_]  # who of them works on without a break
    wanted: NDArray[np.int64]


def shifts(world: World, crowd: Crowd, plan: Calendar, rng: np.random.Generator) -> Iterator[Shift]:
    """Shift after shift, block after block, without end: the caller stops when the judgments are made.

    Who has come least often for their energy comes next. Each day one sensitive queue has exposed raters who come first
    and to every block of their hours; on other days they work like everybody.
    """
    visits = np.zeros(len(crowd.ids))
    share = np.array([queue.share for queue in world.queues])
    places = np.round(plan.on_shift * share / share.sum()).astype(np.int64)
    places = np.maximum(places, [queue.redundancy + 1 for queue in world.queues])
    block = 0
    while True:
        taken = crowd.partner >= 0
        left = plan.on_shift
        today, long_today = _long_day(world, crowd, plan, places, plan.day_of(block))
        if plan.into_day_ms(block) >= LONG_DAY_MS:
            taken |= long_today  # have gone home
        # The queue of the long day comes first, or a small crowd would have no places left for it in some blocks.
        for queue in sorted(rng.permutation(len(share)).tolist(), key=lambda queue: queue != today):
            long = long_today & (queue == today)
            pool = np.flatnonzero(crowd.knows[:, queue] & ~taken)
            if left <= 0 or len(pool) < world.queues[queue].redundancy:
                continue
            turn = visits[pool] / crowd.energy[pool] + rng.random(len(pool)) - AHEAD * long[pool]
            raters = pool[np.argsort(turn, kind="stable")[: places[queue]]]
            taken[raters] = True
            visits[raters] += 1
            left -= len(raters)
            usual = _session(world, crowd, plan, queue, raters, rng)
            wanted = np.where(long[raters], _full_block(world, crowd, plan, queue)[raters], usual)
            yield Shift(plan.start_of(block), queue, raters, long[raters], wanted)
        block += 1


def _long_day(
    world: World, crowd: Crowd, plan: Calendar, places: NDArray[np.int64], day: int
) -> tuple[int, NDArray[np.bool_]]:
    """The queue of the day's long work (-1 for none) and, by rater, whose turn it is to do it."""
    long = np.zeros(len(crowd.ids), np.bool_)
    exposed = crowd.doing(Behaviour.EXPOSED)
    theirs = np.flatnonzero(crowd.knows[exposed].any(axis=0))
    if not len(theirs):
        return -1, long
    queue = int(theirs[day % len(theirs)])
    exposed = exposed[crowd.knows[exposed, queue]]
    each = float(_full_block(world, crowd, plan, queue)[exposed].mean())
    together = min(len(exposed), max(1, int(LONG_SHARE * places[queue] * plan.session / each)))
    long[exposed[(day * together + np.arange(together)) % len(exposed)]] = True
    return queue, long


def _full_block(world: World, crowd: Crowd, plan: Calendar, queue: int) -> NDArray[np.int64]:
    """By rater: the judgments that fill a block to its end."""
    return np.asarray(plan.block_ms / (mean_ms(world, queue) * crowd.time + PAUSE_MS), np.int64)


def _session(
    world: World, crowd: Crowd, plan: Calendar, queue: int, raters: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A session is a stretch of time: who is quicker does more in it."""
    pace = np.clip(1 / crowd.time[raters], SLOWEST, FASTEST)
    mood = rng.uniform(1 - MOOD, 1 + MOOD, len(raters))
    return np.asarray(np.maximum(1, min(plan.session, most_in_a_session(world, queue)) * pace * mood), np.int64)
