from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from stream.simulate.behaviours import BEHAVIOURS, CONDUCT, NUMBER, Behaviour
from stream.simulate.crowd import Crowd
from stream.simulate.labels import Codes, Labels
from stream.simulate.scene import Scene
from stream.simulate.timing import Timing
from stream.simulate.world import World

MINUTE_MS = 60_000


class RaterTruth(NamedTuple):
    """What a rater really did in a queue."""

    rater_id: str
    behaviour: Behaviour
    vendor: str
    queue: str
    bad: bool  # planted, and it came to pass: a degrading rater who never reached the moment is not
    from_judgment: int  # the first bad judgment among the rater's in this queue by submission, from 1; 0 when not bad
    judgments: int  # with repeats and skips
    accuracy: float | None  # mean w(label, truth) of standing answers; None without any
    typical_ms: int  # geometric mean of the time taken
    unbroken_min: int  # the longest stretch of work without a break of 15 minutes that ended in this queue
    partner_id: str  # whom a copier copies, else ""


class ItemTruth(NamedTuple):
    """What is true of an item."""

    item_id: str
    queue: str
    label: str  # the members of a set as a JSON list
    gold: bool
    gold_wrong_at_first: bool


class Truth:
    """Gathers, shift by shift, what a detector is to be judged by. Complete when the simulation has ended."""

    def __init__(self, world: World, crowd: Crowd, labels: list[Labels], turns: NDArray[np.int64]) -> None:
        self._world, self._crowd, self._labels, self._turns = world, crowd, labels, turns
        shape = len(crowd.ids), len(world.queues)
        self.judgments = np.zeros(shape, np.int64)
        self._answered, self._credit, self._log_time = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
        self._unbroken = np.zeros(shape, np.int64)
        self._items: list[tuple[int, int, NDArray[np.int16], NDArray[np.int8]]] = []

    def add(self, scene: Scene, codes: Codes, standing: NDArray[np.bool_], timing: Timing) -> None:
        """Counts a shift; `standing` leaves out skipped and retracted judgments."""
        at = scene.work.workers, scene.shift.queue
        credit = scene.labels.credit(codes, scene.items.truth[scene.work.item]) * standing
        starts = scene.work.starts
        self._unbroken[at] = np.maximum(self._unbroken[at], timing.unbroken_ms)
        self.judgments[at] += scene.work.length
        self._answered[at] += np.add.reduceat(standing.astype(np.int64), starts)
        self._credit[at] += np.add.reduceat(credit, starts)
        self._log_time[at] += np.add.reduceat(np.log(timing.duration_ms), starts)
        marks = scene.items.gold.astype(np.int8) + 2 * (scene.items.correction > 0).astype(np.int8)
        self._items.append((scene.shift.queue, scene.items.first, scene.items.truth.astype(np.int16), marks))

    def raters(self) -> Iterator[RaterTruth]:
        """One for each rater and queue with judgments."""
        accuracy = self._credit / np.maximum(self._answered, 1)
        bad = self._bad(accuracy)
        for rater, queue in np.argwhere(self.judgments > 0):
            made, at = int(self.judgments[rater, queue]), (rater, queue)
            partner = self._crowd.partner[rater]
            yield RaterTruth(
                rater_id=self._crowd.ids[rater],
                behaviour=BEHAVIOURS[self._crowd.behaviour[rater]],
                vendor=self._world.vendors[self._crowd.vendor[rater]].name,
                queue=self._world.queues[queue].name,
                bad=bool(bad[at]),
                from_judgment=int(self._turns[at]) if bad[at] else 0,
                judgments=made,
                accuracy=round(float(accuracy[at]), 6) if self._answered[at] else None,
                typical_ms=round(float(np.exp(self._log_time[at] / made))),
                unbroken_min=int(self._unbroken[at] // MINUTE_MS),
                partner_id=self._crowd.ids[partner] if partner >= 0 else "",
            )

    def items(self) -> Iterator[ItemTruth]:
        """One for each item, in the order in which they opened."""
        for row, first, codes, marks in self._items:
            name, labels = self._world.queues[row].name, self._labels[row]
            told = [
                answer if isinstance(answer, str) else msgspec.json.encode(answer).decode() for answer in labels.answers
            ]
            for number, (code, mark) in enumerate(zip(codes.tolist(), marks.tolist(), strict=True), first):
                yield ItemTruth(f"{name}-{number}", name, told[code], bool(mark & 1), bool(mark & 2))

    def _bad(self, accuracy: NDArray[np.float64]) -> NDArray[np.bool_]:
        planted = np.array([not CONDUCT[BEHAVIOURS[number]].honest for number in self._crowd.behaviour])
        bad = planted[:, None] & (self.judgments >= self._turns)
        answered = np.where(planted[:, None], 0, self._answered)
        honest_mean = (accuracy * answered).sum(axis=0) / np.maximum(answered.sum(axis=0), 1)
        speeders = self._crowd.behaviour == NUMBER[Behaviour.SPEEDER]
        slower_would_help = accuracy <= honest_mean - self._world.crowd.speeder_margin
        return np.asarray(bad & (slower_would_help | ~speeders[:, None]))
