from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.simulate.calendars import PAUSE_MS
from stream.simulate.scene import Scene
from stream.simulate.sessions import Rows
from stream.simulate.world import World

SHORTEST_MS = 300  # nobody answers sooner: a click takes as long
LATEST_START = 0.25  # of a block: not everybody comes at the hour
COPY_LAG_MS = (20_000, 90_000)  # a copier answers so long after the partner
BREAK_MS = 15 * 60_000  # a pause this long counts as a break
NETWORK_MS = 250
LATE_MS = 7_200_000  # an app without a network delivers up to two hours late


@dataclass(frozen=True, slots=True)
class Timing:
    """When each judgment of a shift was made and when it reaches the log, in ms since the epoch."""

    duration_ms: Rows
    submitted_ms: Rows
    arrival_ms: Rows
    unbroken_ms: Rows  # by session: how long the rater had worked without a break when it ended


class Clocks:
    """Where each rater's day stands; moved by `time_work`."""

    def __init__(self, raters: int) -> None:
        self.free_at = np.zeros(raters, np.int64)  # the end of the last session
        self.since = np.zeros(raters, np.int64)  # the end of the last break

    def move(self, workers: Rows, began: Rows, ended: Rows) -> Rows:
        """Takes a session of each of these raters and answers how long they have worked without a break."""
        rested = began - self.free_at[workers] >= BREAK_MS
        self.since[workers] = np.where(rested, began, self.since[workers])
        self.free_at[workers] = ended
        return ended - self.since[workers]


def time_work(scene: Scene, world: World, clocks: Clocks, rng: np.random.Generator) -> Timing:
    """Log-normal times, one judgment after another in each session. Moves the clocks to the sessions' ends."""
    work = scene.work
    spread = rng.standard_normal(len(work)) * world.crowd.time_spread
    factor = np.array(scene.queue.kind_factors)[scene.items.kind[work.item]] * scene.crowd.time[work.rater]
    duration = np.maximum(SHORTEST_MS, scene.queue.typical_ms * factor * np.exp(spread)).astype(np.int64)
    pause = (rng.standard_exponential(len(work)) * PAUSE_MS).astype(np.int64)
    elapsed = np.cumsum(duration + pause)
    began = _begin(scene, world, clocks, rng)
    submitted = elapsed + work.each(began - (elapsed - duration - pause)[work.starts])
    duration, submitted = _follow(scene, duration, submitted, rng)
    unbroken = clocks.move(work.workers, (submitted - duration)[work.starts], submitted[work.starts + work.length - 1])
    return Timing(duration, submitted, submitted + _travel(len(work), world.rates.late, rng), unbroken)


def _begin(scene: Scene, world: World, clocks: Clocks, rng: np.random.Generator) -> Rows:
    workers, block_ms = scene.work.workers, world.block_minutes * 60_000
    late = (rng.random(len(workers)) * LATEST_START * block_ms).astype(np.int64)
    late[np.isin(workers, scene.shift.raters[scene.shift.long])] = 0
    return np.maximum(scene.shift.start_ms + late, clocks.free_at[workers])


def _follow(scene: Scene, duration: Rows, submitted: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """A copy comes after what it copies, and takes no longer than since the copier's last answer."""
    work = scene.work
    copies = work.source >= 0
    if not copies.any():
        return duration, submitted
    lag = work.each(rng.integers(*COPY_LAG_MS, len(work.starts)))
    submitted = np.where(copies, submitted[work.source] + lag, submitted)
    since = np.diff(submitted, prepend=0)
    since[work.starts] = COPY_LAG_MS[0]
    return np.where(copies, np.minimum(duration, since), duration), submitted


def _travel(number: int, late: float, rng: np.random.Generator) -> NDArray[np.int64]:
    travel = rng.standard_exponential(number) * NETWORK_MS
    delayed = np.flatnonzero(rng.random(number) < late)
    travel[delayed] += rng.random(len(delayed)) * LATE_MS
    return travel.astype(np.int64)
