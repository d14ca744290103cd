import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from stream.quality.compiled import plain
from stream.quality.inconsistent import Consistency, consistency

OTHERS = (400.0, 360.0)  # of the others' 400 repeats, nine of ten were answered the same way


def read(repeats: float, same: float, chance: float = 0.4, others: tuple[float, float] = OTHERS) -> Consistency:
    return plain(consistency)(repeats, same, *others, chance)


def first_at(rate: float, seed: int, nats: float = 5.0) -> int | None:
    same = np.cumsum(np.random.default_rng(seed).random(400) < rate)
    return next((n for n in range(1, 401) if read(float(n), float(same[n - 1])).nats >= nats), None)


@pytest.mark.parametrize(
    ("rate", "found"), [(0.1, [7, 12, 12, 10, 15]), (0.4, [34, 38, 44, 15, 60]), (0.9, [None] * 5), (0.75, [None] * 5)]
)
def test_answers_that_differ_from_the_own_ones_are_seen_after_so_many(rate: float, found: list[int | None]) -> None:
    assert [first_at(rate, seed) for seed in (1, 2, 3, 4, 5)] == found


def test_evidence_is_a_mixture_of_binomial_likelihood_ratios_against_the_floor() -> None:
    said = read(20.0, 9.0)
    assert said.usual_share == pytest.approx((360 + 20 * 0.7) / 420)
    assert said.floor == pytest.approx((0.4 + said.usual_share) / 2)
    ratios = [binom.pmf(9, 20, a * said.floor) / binom.pmf(9, 20, said.floor) for a in (0.25, 0.5, 0.75)]
    assert said.nats == pytest.approx(np.log(np.mean(ratios)), abs=1e-9)
    assert (said.repeats, said.same_share) == (20.0, 0.45)


def test_a_rater_at_the_floor_is_ever_called_inconsistent_with_probability_alpha_at_most() -> None:
    """400 raters, 300 repeats, looked at after each, at alpha = .05: 20 are expected at most, 33 is three deviations
    above."""
    floor = read(1.0, 1.0).floor
    random_ = np.random.default_rng(8)
    same = np.cumsum(random_.random((400, 300)) < floor, axis=1)
    ever = sum(any(read(n + 1.0, float(row[n])).nats >= np.log(20) for n in range(300)) for row in same)
    assert 0 < ever <= 33


def test_partial_credits_are_no_stronger_than_the_coins_of_their_mean() -> None:
    """E over credits of ½ is at most that over fair coins: the bound holds for ordinal and set labels too."""
    floor = 0.5
    coins = sum(binom.pmf(s, 10, 0.5) * np.exp(read(10.0, float(s), 0.0, (1e9, 1e9)).nats) for s in range(11))
    assert read(1.0, 1.0, 0.0, (1e9, 1e9)).floor == pytest.approx(floor)
    assert np.exp(read(10.0, 5.0, 0.0, (1e9, 1e9)).nats) <= coins == pytest.approx(1.0)


def test_the_floor_never_exceeds_70_percent_and_starts_cautiously() -> None:
    assert read(0.0, 0.0, 0.8, (1e6, 0.99e6)).floor == 0.70
    assert read(0.0, 0.0, 0.4, (0.0, 0.0)).floor == pytest.approx(0.55)
    assert read(0.0, 0.0) == Consistency(0.0, 0.0, 0.0, read(1.0, 1.0).usual_share, read(1.0, 1.0).floor)


@settings(deadline=None)
@given(st.integers(0, 200), st.floats(0, 1), st.integers(0, 5000), st.floats(0, 1), st.floats(0.03, 0.97))
def test_the_compiled_form_says_what_the_plain_one_says(n: int, p: float, others: int, q: float, chance: float) -> None:
    values = (float(n), n * p, float(others), others * q, chance)
    assert consistency(*values) == pytest.approx(plain(consistency)(*values), rel=1e-9, abs=1e-12)
