from dataclasses import dataclass

import numpy as np

from stream.simulate.world import World

DAY_MINUTES = 1_440
DAY_MS = 86_400_000
SESSIONS_EACH = 4  # what a small world aims at, so that changes over time have time to happen
SHORTEST_SESSION = 4
WORKING_SHARE = 0.66  # of a block; the rest is a break of twenty minutes in the hour
PAUSE_MS = 1_500  # from one judgment to the next
SHIFT_SHARE = 0.25  # raters at work at the same time: six hours a day


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the work is spread over blocks and days."""

    session: int  # judgments of a rater in a block
    on_shift: int  # raters at work in a block
    blocks_a_day: int
    block_ms: int
    start_ms: int

    def day_of(self, block: int) -> int:
        """The day of a block, 0 for the first."""
        return block // self.blocks_a_day

    def into_day_ms(self, block: int) -> int:
        """How long the day's work has gone on when the block begins."""
        return block % self.blocks_a_day * self.block_ms

    def start_of(self, block: int) -> int:
        """The moment at which a block's items open."""
        return self.start_ms + self.day_of(block) * DAY_MS + self.into_day_ms(block)


def calendar(world: World) -> Calendar:
    """Few judgments a rater make short sessions, so that each still has about four of them."""
    each = world.judgments / world.crowd.raters
    session = int(np.clip(each / SESSIONS_EACH, SHORTEST_SESSION, world.session_judgments))
    on_shift = int(np.clip(world.crowd.raters * SHIFT_SHARE, 1, world.on_shift))
    shares = [queue.share for queue in world.queues]
    sessions = [min(session, most_in_a_session(world, row)) for row in range(len(shares))]
    made = float(np.average(sessions, weights=shares))
    blocks = max(1, round(world.judgments / (made * on_shift)))
    fits = max(1, DAY_MINUTES // world.block_minutes)
    return Calendar(
        session=session,
        on_shift=on_shift,
        blocks_a_day=max(1, min(fits, -(-blocks // world.days))),
        block_ms=world.block_minutes * 60_000,
        start_ms=world.start_ms,
    )


def most_in_a_session(world: World, queue: int) -> int:
    """The judgments for which a block's working time is long enough, for a rater of usual tempo."""
    return max(1, int(world.block_minutes * 60_000 * WORKING_SHARE / (mean_ms(world, queue) + PAUSE_MS)))


def mean_ms(world: World, queue: int) -> float:
    """The mean time of a judgment: above the median, for times are log-normal and kinds of items differ."""
    item_ms = world.queues[queue].typical_ms * float(np.mean(world.queues[queue].kind_factors))
    return item_ms * float(np.exp(world.crowd.time_spread**2 / 2))
