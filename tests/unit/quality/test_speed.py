import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from stream.quality.compiled import plain
from stream.quality.pace import UNKNOWN_PACE
from stream.quality.speed import PACE_SUMS, TIMED, Speed, add_pace, speed

paces = st.one_of(st.integers(-3000, 3000), st.just(UNKNOWN_PACE))


def sums_of(zs: np.ndarray) -> np.ndarray:
    sums = np.zeros(PACE_SUMS, "i8")
    for z in np.clip(zs, -3, 3):
        plain(add_pace)(round(float(z) * 1000), 1, sums)
    return sums


def read(zs: np.ndarray) -> Speed:
    return plain(speed)(sums_of(zs))


def stream(mean: float, n: int, seed: int) -> np.ndarray:
    return mean + 0.7 * np.random.default_rng(seed).standard_normal(n)


def first_at(zs: np.ndarray, nats: float) -> int | None:
    sums = np.zeros(PACE_SUMS, "i8")
    for n, z in enumerate(np.clip(zs, -3, 3), 1):
        plain(add_pace)(round(float(z) * 1000), 1, sums)
        if plain(speed)(sums).nats >= nats:
            return n
    return None


@pytest.mark.parametrize(
    ("mean", "found"), [(-2.0, [7, 4, 6, 6, 3]), (-1.5, [64, 179, 9, 30, 20]), (0.0, [None] * 5), (1.5, [None] * 5)]
)
def test_hurried_times_are_seen_after_so_many(mean: float, found: list[int | None]) -> None:
    assert [first_at(stream(mean, 400, seed), 2.5) for seed in (1, 2, 3, 4, 5)] == found


def test_evidence_is_the_ratio_of_two_normal_densities_of_the_mean() -> None:
    zs = stream(-0.8, 30, 3)
    mean = np.round(np.clip(zs, -3, 3), 3).mean()
    hurried = norm.logpdf(mean, -1.25, (0.25 + 1 / 30) ** 0.5)
    usual = norm.logpdf(mean, 0.0, (0.49 + 1 / 30) ** 0.5)
    said = read(zs)
    assert said.nats == pytest.approx(hurried - usual, abs=1e-9)
    assert said.slower_share == pytest.approx(norm.sf(mean), abs=1e-9)
    assert (said.low, said.high) == pytest.approx((mean - 1.96 / 30**0.5, mean + 1.96 / 30**0.5), abs=1e-4)


@pytest.mark.parametrize("n", [1, 5, 50, 5000])
def test_support_never_falls_as_a_rater_gets_faster_and_is_capped(n: int) -> None:
    supports = [read(np.full(n, z)).support for z in np.linspace(3, -3, 61)]
    assert supports == sorted(supports)
    assert -1.5 <= supports[0] < supports[-1] <= 2.0


def test_usual_raters_of_many_habits_are_hardly_ever_called_hurried() -> None:
    """500 raters whose own means spread by .7, looked at after each of 200: Ville's bound for 2.5 nats is 8 %."""
    random_ = np.random.default_rng(9)
    ever = sum(
        first_at(random_.normal(0, 0.7) + 0.7 * random_.standard_normal(200), 2.5) is not None for _ in range(500)
    )
    assert 0 < ever <= 25


def test_nothing_timed_says_nothing() -> None:
    assert plain(speed)(np.zeros(PACE_SUMS, "i8")) == Speed(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@settings(deadline=None)
@given(st.lists(paces, max_size=20), st.randoms())
def test_paces_taken_back_in_any_order_leave_nothing(values: list[int], random_: object) -> None:
    sums = np.zeros(PACE_SUMS, "i8")
    for value in values:
        add_pace(value, 1, sums)
    assert sums[TIMED] == sum(value != UNKNOWN_PACE for value in values)
    for value in random_.sample(values, len(values)):  # type: ignore[attr-defined]
        add_pace(value, -1, sums)
    assert not sums.any()


@settings(deadline=None)
@given(st.lists(paces, max_size=20))
def test_the_compiled_forms_say_what_the_plain_ones_say(values: list[int]) -> None:
    compiled, reference = np.zeros(PACE_SUMS, "i8"), np.zeros(PACE_SUMS, "i8")
    for value in values:
        add_pace(value, 1, compiled)
        plain(add_pace)(value, 1, reference)
    assert compiled.tolist() == reference.tolist()
    assert speed(compiled) == pytest.approx(plain(speed)(reference), rel=1e-12, abs=1e-12)
