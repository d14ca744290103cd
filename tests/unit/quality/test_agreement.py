import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from stream.quality.agreement import expected, weight
from stream.quality.compiled import plain
from stream.quality.evidence import ratio_interval
from stream.quality.measures import wilson
from stream.quality.schema import OTHER, UNIT, Kind

w = plain(weight)
NOMINAL, ORDINAL, SET = int(Kind.NOMINAL), int(Kind.ORDINAL), int(Kind.SET)
kinds = st.sampled_from([NOMINAL, ORDINAL, SET])


@settings(deadline=None)
@given(kinds, st.integers(1, 32), st.data())
def test_w_is_symmetric_within_0_and_1_and_1_on_equal_labels(kind: int, scale: int, data: st.DataObject) -> None:
    code = st.integers(0, 2**scale - 1 if kind == SET else scale - 1)
    x, y = data.draw(code), data.draw(code)
    assert w(kind, scale, x, y) == w(kind, scale, y, x)
    assert 0 <= w(kind, scale, x, y) <= UNIT
    assert w(kind, scale, x, x) == UNIT
    assert x == y or w(kind, scale, x, y) < UNIT


def test_w_is_equality_distance_on_the_scale_and_jaccard() -> None:
    assert w(NOMINAL, 4, 1, 2) == 0
    assert [w(ORDINAL, 5, 0, level) / UNIT for level in range(5)] == [1, 0.75, 0.5, 0.25, 0]
    assert w(SET, 4, 0b0111, 0b0110) / UNIT == pytest.approx(2 / 3)
    assert w(SET, 4, 0, 0) == UNIT
    assert w(SET, 4, 0, 1) == 0


def linear(v1: np.ndarray, v2: np.ndarray, **_: object) -> np.ndarray:
    apart: np.ndarray = np.abs(v1 - v2)
    return apart


@pytest.mark.parametrize(("kind", "metric", "longest"), [(NOMINAL, "nominal", 1), (ORDINAL, linear, 4)])
def test_mean_w_of_two_raters_is_one_minus_krippendorffs_observed_disagreement(
    kind: int, metric: object, longest: int
) -> None:
    random_ = np.random.default_rng(1)
    one = random_.integers(0, 5, 200)
    other = np.where(random_.random(200) < 0.7, one, random_.integers(0, 5, 200))
    agreement = np.mean([w(kind, 5, int(x), int(y)) for x, y in zip(one, other, strict=True)]) / UNIT
    alpha = krippendorff.alpha(reliability_data=[one, other], level_of_measurement=metric)
    pooled = np.concatenate([one, other])
    apart = [[1 - w(kind, 5, int(x), int(y)) / UNIT for x in pooled] for y in pooled]
    by_chance = np.sum(apart) / (len(pooled) * (len(pooled) - 1))
    assert 1 - agreement == pytest.approx((1 - alpha) * by_chance, abs=1e-8)


@pytest.mark.parametrize(("kind", "metric"), [(NOMINAL, "nominal"), (ORDINAL, linear)])
def test_the_ratio_of_two_raters_comes_to_krippendorffs_alpha(kind: int, metric: object) -> None:
    """Within .002: expectation is smoothed by one count a label here, and taken without replacement there."""
    random_ = np.random.default_rng(2)
    one = random_.choice(4, 3000, p=[0.4, 0.3, 0.2, 0.1])
    other = np.where(random_.random(3000) < 0.6, one, random_.choice(4, 3000, p=[0.4, 0.3, 0.2, 0.1]))
    counts = np.bincount(np.concatenate([one, other]), minlength=32)
    by_label = [plain(expected)(kind, 4, label, counts, np.zeros(0, "u4")) / UNIT for label in range(4)]
    chance = sum(by_label[x] + by_label[y] for x, y in zip(one, other, strict=True)) / 2
    agreement = sum(w(kind, 4, int(x), int(y)) for x, y in zip(one, other, strict=True)) / UNIT
    ratio, low, high, _ = plain(ratio_interval)(3000.0, agreement, chance, 1.96)
    alpha = krippendorff.alpha(reliability_data=[one, other], level_of_measurement=metric)
    assert ratio == pytest.approx(alpha, abs=0.002)
    assert low < alpha < high


def test_expectation_of_a_label_is_its_smoothed_share_and_of_other_likewise() -> None:
    counts = np.zeros(32, "i8")
    counts[[0, 1, OTHER]] = [5, 2, 1]
    expect = plain(expected)
    none = np.zeros(0, "u4")
    assert expect(NOMINAL, 2, 0, counts, none) / UNIT == pytest.approx(6 / 10)
    assert expect(NOMINAL, 2, OTHER, counts, none) / UNIT == pytest.approx(2 / 10)
    assert expect(SET, 4, 0b11, counts, np.array([0b11, 0b01], "u4")) / UNIT == pytest.approx(0.75)
    assert expect(SET, 4, 0b11, counts, none) == UNIT // 4


@settings(deadline=None)
@given(st.integers(1, 500), st.data())
def test_wilson_is_the_textbooks_interval(n: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, n))
    low, high = proportion_confint(right, n, method="wilson")
    shown = wilson(right, n)
    assert shown.low == pytest.approx(low, abs=1e-6)
    assert shown.high == pytest.approx(high, abs=1e-6)
    assert (shown.value, shown.n) == (right / n, n)


def test_the_ratio_says_nothing_without_judgments_or_where_chance_alone_agrees() -> None:
    assert plain(ratio_interval)(0.0, 0.0, 0.0, 2.0) == (0.0, -1.0, 1.0, 1.0)
    assert plain(ratio_interval)(10.0, 10.0, 10.0, 2.0)[1:3] == (-1.0, 1.0)
