import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.meta_analysis import combine_effects

from stream.quality.compiled import plain
from stream.quality.level_past import (
    HOURS,
    JUDGMENTS,
    LEVEL,
    PAST,
    join,
    long_run,
    mean_level,
    note_hour,
    spread,
    standardized,
)
from stream.quality.queue_shift import SHIFT_STATE, Shift, accept_level, close_hour, queue_shift
from stream.quality.run_length import limit_of, run_length
from stream.quality.schema import SHARE

LIMIT = limit_of(8760.0)  # one false alarm a year
SEEDS = (1, 2, 3, 4, 5)
FIRST_HOUR = 400_000


def hours(levels: np.ndarray, seed: int) -> list[tuple[int, int]]:
    """Judgments and sums of levels: 40 to 120 a busy hour, hours that differ by .02."""
    random_ = np.random.default_rng(seed)
    n = random_.integers(40, 120, len(levels))
    right = random_.binomial(n, np.clip(levels + 0.02 * random_.standard_normal(len(levels)), 0, 1))
    return [(int(a), round(int(b) * SHARE)) for a, b in zip(n, right, strict=True)]


def shifted(by: float, before: int = 300, after: int = 60) -> np.ndarray:
    return np.concatenate([np.full(before, 0.8), np.full(after, 0.8 + by)])


def run(rows: list[tuple[int, int]], state: np.ndarray | None = None) -> tuple[int | None, np.ndarray]:
    """In which of the hours the alarm came first, and the state then (at the end without one)."""
    state = np.zeros(SHIFT_STATE, "i8") if state is None else state
    for h, (n, level) in enumerate(rows):
        plain(close_hour)(FIRST_HOUR + h, n, level, state)
        if plain(queue_shift)(state).height >= LIMIT:
            return h, state
    return None, state


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (-0.15, [304, 305, 303, 303, 304]),
        (0.15, [302, 305, 303, 303, 303]),
        (-0.08, [315, 311, 305, 318, 313]),
        (0.0, [None] * 5),
    ],
)
def test_a_shift_from_the_300th_hour_is_seen_in_that_hour(by: float, found: list[int | None]) -> None:
    assert [run(hours(shifted(by), seed))[0] for seed in SEEDS] == found


@pytest.mark.parametrize("seed", SEEDS)
def test_it_says_since_when_and_by_how_much(seed: int) -> None:
    _, state = run(hours(shifted(-0.12), seed))
    said = plain(queue_shift)(state)
    assert said.direction == -1
    assert abs(said.since_hour - FIRST_HOUR - 300) <= 3
    assert said.before == pytest.approx(0.8, abs=0.01)
    assert said.low < -0.12 < said.high < 0.0
    assert said.after - said.before == pytest.approx((said.low + said.high) / 2)
    assert said.usual_every_hours >= 8760
    assert said.judgments >= 40 * said.hours > 0


def test_a_shift_that_stays_remains_an_alarm_and_is_not_taken_for_the_past() -> None:
    state = np.zeros(SHIFT_STATE, "i8")
    for h, (n, level) in enumerate(hours(shifted(-0.12, after=300), 1)):
        plain(close_hour)(h, n, level, state)
    said = plain(queue_shift)(state)
    assert said.height >= LIMIT
    assert said.before == pytest.approx(0.8, abs=0.01)


def test_usual_hours_take_the_alarm_back_within_two_days_however_long_it_stood() -> None:
    state = np.zeros(SHIFT_STATE, "i8")
    for n, level in hours(shifted(-0.12, after=200), 2):
        plain(close_hour)(0, n, level, state)
    assert plain(queue_shift)(state).height >= LIMIT
    for n, level in hours(np.full(48, 0.8), 3):
        plain(close_hour)(0, n, level, state)
    assert plain(queue_shift)(state).height < LIMIT / 2


def test_an_accepted_level_is_the_new_past() -> None:
    state = np.zeros(SHIFT_STATE, "i8")
    for h, (n, level) in enumerate(hours(shifted(-0.12, after=100), 1)):
        plain(close_hour)(h, n, level, state)
    plain(accept_level)(state)
    assert plain(queue_shift)(state).direction == 0
    assert run(hours(np.full(200, 0.68), 4), state)[0] is None
    assert plain(queue_shift)(state).before == pytest.approx(0.68, abs=0.015)


def test_one_strange_hour_is_no_shift() -> None:
    rows = hours(np.full(400, 0.8), 5)
    rows[300] = (100, 0)
    assert run(rows)[0] is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["still", "times of day", "slow waves"])
def test_the_declared_run_length_holds_where_nothing_shifts(kind: str) -> None:
    """60 queues for 1,500 hours each: 10.3 alarms would be the declared rate; 20 is three deviations above."""
    random_ = np.random.default_rng(6)
    alarms = 0
    for seed in range(60):
        levels = np.full(1500, 0.8)
        if kind == "times of day":
            levels += 0.03 * np.sin(np.arange(1500) * 2 * np.pi / 24)
        if kind == "slow waves":
            steps, wave = 0.02 * (1 - 0.7**2) ** 0.5 * random_.standard_normal(1500), 0.0
            for h in range(1500):
                wave = 0.7 * wave + steps[h]
                levels[h] += wave
        state = np.zeros(SHIFT_STATE, "i8")
        for h, (n, level) in enumerate(hours(levels, seed)):
            close_hour(h, n, level, state)
            if queue_shift(state).height >= LIMIT:
                alarms += 1
                break
    assert alarms <= 20


def test_quiet_hours_wait_until_there_is_something_to_say() -> None:
    state, at_once = np.zeros(SHIFT_STATE, "i8"), np.zeros(SHIFT_STATE, "i8")
    for n, level in [(4, 3 * 65_535), (0, 0), (5, 4 * 65_535), (3, 65_535)]:
        plain(close_hour)(1, n, level, state)
    plain(close_hour)(1, 12, 8 * 65_535, at_once)
    assert state.tolist() == at_once.tolist()
    assert state[JUDGMENTS] == 12
    assert state[LEVEL] == 12 * 43_690


def test_the_run_length_is_the_markov_chains_of_brook_and_evans() -> None:
    for height in (4.0, 5.0, 6.0):
        width = height / 400
        middles = (np.arange(400) + 0.5) * width
        steps = middles[None, :] - middles[:, None] + 0.5
        moves = norm.cdf(steps + width / 2) - norm.cdf(steps - width / 2)
        moves[:, 0] = norm.cdf(0.5 + width - middles)
        one_sided = np.linalg.solve(np.eye(400) - moves, np.ones(400))[0]
        assert plain(run_length)(height) == pytest.approx(one_sided / 2, rel=0.02)


def test_limits_and_run_lengths_undo_each_other() -> None:
    for steps in (10.0, 1000.0, 8760.0, 1e6):
        assert plain(run_length)(plain(limit_of)(steps)) == pytest.approx(steps)


def test_the_spread_between_hours_is_der_simonian_and_lairds() -> None:
    past = np.zeros(PAST, "i8")
    rows = hours(0.8 + 0.05 * np.sin(np.arange(40)), 7)
    for n, level in rows:
        plain(note_hour)(n, round(level / n), 0, 0, past)
    sizes = np.array([row[0] for row in rows])
    levels = np.array([row[1] for row in rows]) / sizes / SHARE
    within, between = plain(spread)(past)
    mean = (sizes * levels).sum() / sizes.sum()
    assert within == pytest.approx(mean * (1 - mean), rel=1e-4)
    assert between == pytest.approx(combine_effects(levels, within / sizes, method_re="dl").tau2, rel=1e-2)
    assert plain(mean_level)(past) == pytest.approx(mean, abs=1e-5)


def test_a_full_past_fades_by_half() -> None:
    past, waiting = np.zeros(PAST, "i8"), np.zeros(PAST, "i8")
    for part, count in ((past, 671), (waiting, 1)):
        for _ in range(count):
            plain(note_hour)(100, 50_000, 0, 0, part)
    plain(join)(waiting, past)
    assert (past[HOURS], past[JUDGMENTS]) == (336, 33_600)
    assert not waiting.any()
    assert plain(mean_level)(past) == pytest.approx(50_000 / SHARE)


def test_hours_are_judged_in_standard_deviations_of_their_own_size() -> None:
    past = np.zeros(PAST, "i8")
    for _ in range(500):
        plain(note_hour)(1000, round(0.8 * SHARE), 0, 0, past)
    for n in (25, 400):
        z = plain(standardized)(n, 0.7, past)
        assert z == pytest.approx(-0.1 / (0.16 / n + 0.16 / 500_000) ** 0.5, rel=1e-3)


def test_hours_that_resemble_their_neighbours_count_for_less() -> None:
    apart, alike = np.zeros(PAST, "i8"), np.zeros(PAST, "i8")
    for h in range(500):
        plain(note_hour)(100, 50_000, 1000 * (-1) ** h, -1000 * (-1) ** h, apart)
        plain(note_hour)(100, 50_000, 1000, 1000, alike)
    assert plain(long_run)(apart) == 1.0
    assert plain(long_run)(alike) == pytest.approx(3.0, abs=0.1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 1)), max_size=150), st.booleans())
def test_the_compiled_forms_say_what_the_plain_ones_say(rows: list[tuple[int, float]], accept: bool) -> None:
    compiled = np.zeros(SHIFT_STATE, "i8")
    run(hours(np.full(80, 0.8), 1), compiled)
    reference = compiled.copy()
    for h, (n, level) in enumerate(rows):
        close_hour(h, n, round(n * level * SHARE), compiled)
        plain(close_hour)(h, n, round(n * level * SHARE), reference)
    if accept:
        accept_level(compiled)
        plain(accept_level)(reference)
    assert compiled.tolist() == reference.tolist()
    said: Shift = queue_shift(compiled)
    assert said == pytest.approx(plain(queue_shift)(reference), rel=1e-9)
