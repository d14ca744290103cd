import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from alerts.escalation.cases.precision import BlindResult, Precision, binomial_tail, blind_precision, wilson_low


@pytest.mark.parametrize(("k", "n"), [(0, 1), (10, 20), (17, 20), (20, 20), (140, 300)])
def test_the_lower_bound_is_wilsons(k: int, n: int) -> None:
    # One-sided 90 % is the lower end of a two-sided 80 % interval.
    low, _ = proportion_confint(k, n, alpha=0.2, method="wilson")
    assert wilson_low(k, n) == pytest.approx(low, abs=1e-12)


def test_the_binomial_tail_is_scipys() -> None:
    for k, n, p in [(0, 20, 0.9), (14, 20, 0.9), (20, 20, 0.9), (3, 7, 0.2)]:
        assert binomial_tail(k, n, p) == pytest.approx(binom.cdf(k, n, p))


def test_a_detector_only_watches_after_twenty_decisions_of_which_too_few_confirmed() -> None:
    assert not Precision("copying", 0, 19).only_watches
    assert Precision("copying", 12, 8).only_watches  # .6, but it may well be .46
    assert not Precision("copying", 13, 7).only_watches
    assert not Precision("copying", 0, 0).only_watches
    assert Precision("copying", 0, 0).value is None


def test_blind_re_judging_tells_flagged_raters_from_usual_ones() -> None:
    chance = np.random.default_rng(7)
    usual = [BlindResult(False, int(same), 20) for same in chance.binomial(20, 0.9, 200)]
    random = [BlindResult(True, int(same), 20) for same in chance.binomial(20, 0.5, 30)]
    honest = [BlindResult(True, int(same), 20) for same in chance.binomial(20, 0.9, 30)]
    found = blind_precision([*usual, *random, *honest])
    assert found.flagged == 60
    assert 29 <= found.flagged_unusual <= 35
    assert found.others_unusual / found.others <= 0.08
    assert found.usual_same == pytest.approx(0.9, abs=0.02)


def test_without_usual_raters_nobody_is_unusual() -> None:
    assert blind_precision([BlindResult(True, 0, 20)]).flagged_unusual == 0
