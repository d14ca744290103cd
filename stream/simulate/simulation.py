from collections.abc import Iterator

import numpy as np

from stream.simulate.aftermath import Event, follow_up
from stream.simulate.answers import answer
from stream.simulate.behaviours import Behaviour
from stream.simulate.calendars import calendar
from stream.simulate.crowd import Crowd, draw_crowd
from stream.simulate.emission import badges, draw_outcomes, emit
from stream.simulate.items import draw_items
from stream.simulate.labels import Labels
from stream.simulate.names import naming
from stream.simulate.outlet import Outlet
from stream.simulate.scene import Scene
from stream.simulate.seats import fit_counts, seat, seat_copiers
from stream.simulate.sessions import Rows, lay_out
from stream.simulate.shifts import Shift, shifts
from stream.simulate.timing import Clocks, time_work
from stream.simulate.truth import Truth
from stream.simulate.world import World


def simulate(world: World, seed: int) -> "Simulation":
    """Streams the events of a seeded world in the order in which they reach the log.

    >>> from stream.simulate.presets import plain_world
    >>> events = simulate(plain_world(judgments=300, raters=9), seed=1)
    >>> sum(1 for event in events), events.made
    (300, 300)
    >>> next(events.truth.raters()).behaviour
    <Behaviour.CAREFUL: 'careful'>
    """
    return Simulation(world, seed)


class Simulation(Iterator[Event]):
    """One run; `truth` is complete when the events are exhausted. The same world and seed give the same events."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.made = 0  # judgments so far, without duplicates and revisions
        self._rng = np.random.default_rng(seed)
        self._names = naming(world, seed)
        self._labels = [Labels(queue) for queue in world.queues]
        self._plan = calendar(world)
        self.crowd = draw_crowd(world, self._names, self._rng)
        self._turns = _turns(world, self.crowd, self._rng)
        self.truth = Truth(world, self.crowd, self._labels, self._turns)
        self._badges = badges(world, self.crowd)
        self._clocks = Clocks(len(self.crowd.ids))
        self._opened = [0] * len(world.queues)
        self._first_judgments = 0
        self._stream = self._run()

    def __next__(self) -> Event:
        return next(self._stream)

    def _run(self) -> Iterator[Event]:
        outlet: Outlet[Event] = Outlet()
        for shift in shifts(self.world, self.crowd, self._plan, self._rng):
            yield from outlet.release(shift.start_ms)
            scene = self._set(shift)
            if scene is not None:
                self._play(scene, outlet)
            if self._first_judgments >= self.world.judgments:
                break
        yield from outlet.release()

    def _set(self, shift: Shift) -> Scene | None:
        """Seats the raters at newly opened items; None when those who are there cannot fill a single item."""
        world, queue, rng = self.world, self.world.queues[shift.queue], self._rng
        missing = -(-(world.judgments - self._first_judgments) // queue.redundancy)
        counts, number = fit_counts(shift.wanted, queue.redundancy, missing)
        if number == 0:
            return None
        seats = seat(shift.raters, counts, number, rng)
        copied = seat_copiers(seats, self.crowd.copier, rng)
        work = lay_out(seats, copied, world.rates.repeats, rng)
        labels, first = self._labels[shift.queue], self._opened[shift.queue]
        changed = self._first_judgments >= world.guideline_changes_at * world.judgments
        self._opened[shift.queue] += number
        self._first_judgments += number * queue.redundancy
        return Scene(
            shift=shift,
            queue=queue,
            labels=labels,
            crowd=self.crowd,
            items=draw_items(queue, labels, world.rates, first, number, rng),
            work=work,
            number=work.numbers(self.truth.judgments[work.workers, shift.queue]),
            guideline=queue.guidelines[-1 if changed else 0],
        )

    def _play(self, scene: Scene, outlet: Outlet[Event]) -> None:
        world, rng = self.world, self._rng
        codes = answer(scene, world.crowd, self._turns[:, scene.shift.queue], rng)
        outcomes = draw_outcomes(len(codes), world.rates, rng)
        timing = time_work(scene, world, self._clocks, rng)
        events = emit(scene, world, self._badges, codes, outcomes, timing, self.made, rng)
        after = follow_up(scene, world.rates, self._names, codes, timing, events, rng)
        self.truth.add(scene, after.codes, after.standing & (outcomes == 0), timing)
        self.made += len(events)
        outlet.add(timing.arrival_ms, events)
        outlet.add([arrival for arrival, _ in after.later], [event for _, event in after.later])


def _turns(world: World, crowd: Crowd, rng: np.random.Generator) -> Rows:
    """By rater and queue: the judgment from which a rater is as bad as planted; 1 for all who do not degrade."""
    share = np.array([queue.share for queue in world.queues]) * crowd.knows
    expected = world.judgments / world.crowd.raters * share / share.sum(axis=1, keepdims=True)
    turns = np.ones(crowd.knows.shape, np.int64)
    for behaviour in (Behaviour.DEGRADING, Behaviour.DEGRADING_CONSTANT):
        rows = crowd.doing(behaviour)
        if world.crowd.degrades_at is not None:
            turns[rows] = world.crowd.degrades_at
        else:
            turns[rows] = np.maximum(2, expected[rows] * rng.uniform(0.4, 0.6, (len(rows), 1)))
    return turns
