import os
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from evaluation.baseline import POINTS, baseline_scores
from evaluation.datasets import Crowd, crowds
from evaluation.ranking import Ranked, auc, compare, scores_from_snapshots, spearman, summary
from evaluation.reliability import brier, reliability

DATA = Path(os.environ.get("RATERWATCH_DATA_FOLDER") or Path(__file__).parents[3].parent / "shared" / "data")
SET = "act_zencrowd_in"
RATERS = 30


def made_crowd(shuffle: int = 1) -> Crowd:
    random_ = np.random.default_rng(shuffle)
    order = random_.permutation(RATERS)
    accuracy = np.linspace(0.3, 0.95, RATERS)[order]
    nothing = np.zeros(0, "i8")
    ids = tuple(f"r{at}" for at in order)
    judged = np.ones(RATERS, bool)
    return Crowd("made", shuffle, nothing, nothing, nothing, (), ids, ("a", "b"), accuracy, judged, accuracy < 0.5)


def noisy(crowd: Crowd, noise: float, seed: int) -> np.ndarray:
    return crowd.accuracy + noise * np.random.default_rng(seed).normal(size=(len(POINTS) + 1, RATERS))


def test_auc_and_spearman_are_the_textbooks() -> None:
    random_ = np.random.default_rng(3)
    scores, accuracy = random_.normal(size=50).round(1), random_.random(50)
    weak = accuracy < 0.3
    assert auc(scores, weak) == pytest.approx(roc_auc_score(weak, -scores))
    assert spearman(scores, accuracy) == pytest.approx(spearmanr(scores, accuracy).statistic)
    assert np.isnan(auc(scores, np.zeros(50, bool)))
    assert np.isnan(spearman(np.ones(50), accuracy))


def test_a_worse_ranking_is_found_worse_and_a_better_one_is_not() -> None:
    orders = [made_crowd(shuffle) for shuffle in (1, 2)]
    worse = compare([Ranked(c, noisy(c, 1.0, 7), noisy(c, 0.02, 8)) for c in orders], draws=60)
    better = compare([Ranked(c, noisy(c, 0.02, 8), noisy(c, 1.0, 7)) for c in orders], draws=60)
    assert {(c.measure, c.point) for c in worse} == {
        (measure, point) for measure in ("auc", "spearman") for point in ("5", "10", "20", "40", "end")
    }
    assert all(c.difference < 0.0 for c in worse)
    assert all(c.low <= c.difference <= c.high for c in worse)
    assert [c.worse for c in worse].count(True) == len(worse)
    assert not any(c.worse for c in better)
    assert summary(worse)["worse"]
    assert summary(better)["worse"] == []
    assert summary(better)["mean_difference"]["spearman"]["end"] > 0.2


def test_equal_rankings_do_not_differ_on_any_draw() -> None:
    crowd = made_crowd()
    same = compare([Ranked(crowd, noisy(crowd, 0.3, 7), noisy(crowd, 0.3, 7))], draws=20)
    assert {(c.difference, c.low, c.high) for c in same} == {(0.0, 0.0, 0.0)}


def test_points_that_too_few_raters_reached_are_left_out() -> None:
    crowd = made_crowd()
    scores = noisy(crowd, 0.3, 7)
    scores[0, 9:] = np.nan
    points = {c.point for c in compare([Ranked(crowd, scores, noisy(crowd, 0.3, 8))], draws=5)}
    assert points == {"10", "20", "40", "end"}


def test_snapshots_find_their_point_and_rater() -> None:
    crowd = made_crowd()
    scores = scores_from_snapshots(crowd, [("r3", 10, 0.5), ("r4", None, 0.25), ("r4", 11, 9.0)])
    assert scores[1, crowd.rater_ids.index("r3")] == 0.5
    assert scores[-1, crowd.rater_ids.index("r4")] == 0.25
    assert np.isfinite(scores).sum() == 2


def test_reliability_says_what_came_true_of_what_was_said() -> None:
    said = np.array([0.01, 0.01, 0.6, 0.6, 0.6, 1.0])
    came_true = np.array([False, False, True, False, True, True])
    bins = reliability(said, came_true)
    assert [(b.cases, b.said, round(b.came_true, 2)) for b in bins] == [
        (2, pytest.approx(0.01), 0.0),
        (3, pytest.approx(0.6), 0.67),
        (1, 1.0, 1.0),
    ]
    assert brier(said, came_true) == pytest.approx((2 * 0.01**2 + 2 * 0.4**2 + 0.6**2) / 6)


@pytest.mark.slow  # compiles the baseline
@pytest.mark.skipif(
    not (DATA / f"{SET}.csv").exists(), reason=f"no rater data at {DATA}; set RATERWATCH_DATA_FOLDER to its folder"
)
def test_the_baseline_reaches_the_figures_that_were_measured_of_it() -> None:
    (crowd,) = crowds(DATA, (SET,), shuffles=1)
    scores = baseline_scores(crowd.items, crowd.raters, crowd.labels, crowd.scale)
    judged = crowd.judged
    assert auc(scores[-1, judged], crowd.weak[judged]) == pytest.approx(MEASURED_AUC, abs=0.001)
    assert spearman(scores[-1, judged], crowd.accuracy[judged]) == pytest.approx(MEASURED_SPEARMAN, abs=0.001)
    assert np.isnan(scores[0]).sum() == (np.bincount(crowd.raters) < 5).sum()


# Of the prototype itself on this order of this set.
MEASURED_AUC, MEASURED_SPEARMAN = 0.7976, 0.5825
