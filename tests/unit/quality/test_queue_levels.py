import numpy as np

from stream.quality.compiled import plain
from stream.quality.queue_levels import LEVEL_STATE, RARE_HOURS, reach_hour
from stream.quality.queue_shift import SHIFT_STATE, has_learned, queue_shift
from stream.quality.schema import SHARE

START = 480_000  # hours since the epoch


class Queue:
    """Counts as they grow, hour by hour."""

    def __init__(self, seed: int = 1) -> None:
        self.state = np.zeros(LEVEL_STATE, "i8")
        self.random, self.hour, self.weighed, self.belief = np.random.default_rng(seed), START, 0, 0

    def work(self, hours: int, level: float, judgments: int = 60) -> None:
        for _ in range(hours):
            plain(reach_hour)(self.hour, self.weighed, self.belief, self.state)
            self.weighed += judgments
            self.belief += round(self.random.binomial(judgments, level) * SHARE)
            self.hour += 1
        plain(reach_hour)(self.hour, self.weighed, self.belief, self.state)

    @property
    def shift(self):
        return plain(queue_shift)(self.state[:SHIFT_STATE])


def test_a_queue_that_stands_still_shows_nothing_rare() -> None:
    for seed in (1, 2, 3):
        queue = Queue(seed)
        queue.work(300, 0.8)
        assert plain(has_learned)(queue.state[:SHIFT_STATE])
        assert queue.shift.usual_every_hours < RARE_HOURS


def test_a_drop_is_told_with_the_hour_in_which_it_began() -> None:
    queue = Queue()
    queue.work(200, 0.8)
    began = queue.hour
    queue.work(12, 0.6)
    shift = queue.shift
    assert shift.direction == -1
    assert shift.usual_every_hours >= RARE_HOURS
    assert abs(shift.since_hour - began) <= 3
    assert shift.before > 0.75
    assert shift.after < 0.65
    assert shift.high < 0


def test_a_change_that_has_stood_for_a_week_is_the_new_level() -> None:
    queue = Queue()
    queue.work(200, 0.8)
    queue.work(100, 0.6)
    assert queue.shift.usual_every_hours >= RARE_HOURS
    queue.work(100, 0.6)
    assert queue.shift.usual_every_hours < RARE_HOURS
    assert 0.55 < queue.shift.before < 0.65, "the hours that waited, a few of them from before the change"


def test_an_hour_counts_what_came_in_it_and_a_second_look_changes_nothing() -> None:
    state = np.zeros(LEVEL_STATE, "i8")
    assert plain(reach_hour)(START, 500, 300 * SHARE, state)
    assert not state[:SHIFT_STATE].any(), "what was counted before the first hour is of no hour"
    assert not plain(reach_hour)(START, 510, 308 * SHARE, state)
    assert plain(reach_hour)(START + 5, 520, 316 * SHARE, state)
    before = state.copy()
    assert not plain(reach_hour)(START + 5, 530, 320 * SHARE, state)
    assert np.array_equal(state, before)
    assert plain(queue_shift)(state[:SHIFT_STATE]).before == 16 / 20


def test_the_compiled_form_does_what_the_plain_one_does() -> None:
    one, other = Queue(4), np.zeros(LEVEL_STATE, "i8")
    for level in (0.8, 0.5):
        for _ in range(90):
            reach_hour(one.hour, one.weighed, one.belief, other)
            one.work(1, level)
    reach_hour(one.hour, one.weighed, one.belief, other)
    assert np.array_equal(one.state, other)
