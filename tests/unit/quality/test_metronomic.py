import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from stream.quality.compiled import plain
from stream.quality.metronomic import DEGREES, USUAL_SPREAD, Metronomic, add_own_pace, metronomic
from stream.quality.pace import UNKNOWN_PACE
from stream.quality.schema import NAT
from stream.quality.speed import PACE_SUMS

SILENT = Metronomic(0.0, 0.0, 0.0, 0.0)
USUAL = np.array([10_000, round(10_000 * np.log(0.49 + 0.0025) * NAT)], "i8")  # raters whose z spreads by .7


def read(zs: np.ndarray, usual: np.ndarray = USUAL) -> Metronomic:
    return plain(metronomic)(sums_of(zs), usual)


def sums_of(zs: np.ndarray) -> np.ndarray:
    sums, spare = np.zeros(PACE_SUMS, "i8"), np.zeros(USUAL_SPREAD, "i8")
    for z in np.clip(zs, -3, 3):
        plain(add_own_pace)(round(float(z) * 1000), 1, sums, spare)
    return sums


def stream(spread: float, n: int, seed: int, mean: float = 0.2) -> np.ndarray:
    return mean + spread * np.random.default_rng(seed).standard_normal(n)


def first_at(zs: np.ndarray, nats: float) -> int | None:
    return next((n for n in range(2, len(zs) + 1) if read(zs[:n]).nats >= nats), None)


@pytest.mark.parametrize(
    ("spread", "found"),
    [(0.02, [13, 13, 14, 13, 13]), (0.08, [15, 19, 29, 24, 20]), (0.25, [None] * 5), (0.7, [None] * 5)],
)
def test_times_like_a_clock_are_seen_after_so_many(spread: float, found: list[int | None]) -> None:
    assert [first_at(stream(spread, 150, seed), 5.0) for seed in (1, 2, 3, 4, 5)] == found


def test_evidence_is_a_tempered_ratio_of_two_chi_square_densities() -> None:
    zs = np.round(stream(0.15, 25, 4), 3)
    squares = ((zs - zs.mean()) ** 2).sum()
    clock, person = 0.7 / 9, 0.7 / 3
    of_clock = chi2.logpdf(squares / clock**2, 24) - 2 * np.log(clock)
    of_person = chi2.logpdf(squares / person**2, 24) - 2 * np.log(person)
    said = read(zs)
    assert said.nats == pytest.approx(0.4 * (of_clock - of_person), abs=1e-3)
    assert said.own_spread == pytest.approx(zs.std(ddof=1), abs=1e-9)
    assert said.usual_spread == pytest.approx(0.7, abs=1e-4)


def test_raters_at_the_boundary_hardly_ever_look_like_a_clock() -> None:
    """300 raters with a third of the usual spread and heavy tails, 100 judgments, looked at after each."""
    random_ = np.random.default_rng(5)
    tailed = random_.standard_t(6, (300, 100)) * (0.7 / 3) / (6 / 4) ** 0.5
    assert sum(first_at(zs, 3.0) is not None for zs in tailed) <= 15


def test_nothing_is_said_where_everybodys_times_are_regular() -> None:
    page_timed = np.array([10_000, round(10_000 * np.log(0.05) * NAT)], "i8")
    assert read(np.full(50, 0.3), page_timed) == SILENT
    assert read(np.full(50, 0.3)).nats > 10


def test_nothing_is_said_at_the_ends_of_the_scale_or_of_a_young_queue() -> None:
    assert read(np.full(50, -3.0)) == SILENT
    assert read(np.full(50, 0.3), USUAL // 50) == SILENT
    assert read(np.full(1, 0.3)) == SILENT


def test_the_usual_spread_is_the_geometric_mean_over_raters() -> None:
    usual = np.zeros(USUAL_SPREAD, "i8")
    spreads = []
    for seed, spread in enumerate((0.4, 0.8, 0.5) * 5):
        zs, sums = np.round(stream(spread, 60, seed), 3), np.zeros(PACE_SUMS, "i8")
        for z in zs:
            plain(add_own_pace)(round(float(z) * 1000), 1, sums, usual)
        spreads.append(np.clip(zs, -3, 3).std(ddof=1))
    expected = np.exp(np.mean(np.log(np.square(spreads) + 0.0025)) / 2)
    assert usual[DEGREES] == 15 * 59
    assert plain(metronomic)(sums, usual).usual_spread == pytest.approx((expected**2 - 0.0025) ** 0.5, rel=1e-2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-3000, 3000)), max_size=20), st.randoms())
def test_paces_taken_back_in_any_order_leave_nothing(values: list[tuple[int, int]], random_: object) -> None:
    rows, usual = np.zeros((3, PACE_SUMS), "i8"), np.zeros(USUAL_SPREAD, "i8")
    for rater, value in values:
        add_own_pace(value, 1, rows[rater], usual)
    for rater, value in random_.sample(values, len(values)):  # type: ignore[attr-defined]
        add_own_pace(value, -1, rows[rater], usual)
    assert not rows.any()
    assert not usual.any()


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(-3000, 3000), st.just(UNKNOWN_PACE)), max_size=20))
def test_the_compiled_forms_say_what_the_plain_ones_say(values: list[int]) -> None:
    compiled, reference = np.zeros(PACE_SUMS, "i8"), np.zeros(PACE_SUMS, "i8")
    one, other = USUAL.copy(), USUAL.copy()
    for value in values:
        add_own_pace(value, 1, compiled, one)
        plain(add_own_pace)(value, 1, reference, other)
    assert (compiled.tolist(), one.tolist()) == (reference.tolist(), other.tolist())
    assert metronomic(compiled, one) == pytest.approx(plain(metronomic)(reference, other), rel=1e-9, abs=1e-12)
