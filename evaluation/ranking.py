"""Is a ranking of raters at least as good as the baseline's? A paired bootstrap over raters, on every crowd and point.

Read at a rater's 5th, 10th, 20th and 40th judgment and at the end: the area under the ROC curve for "weak" (how often a
weak rater ranks below one who is not) and Spearman's correlation with accuracy on known answers. Both rankings are
judged on the same drawn raters and the same orders of the judgments, so their difference has a much narrower interval
than either figure. A point counts with ten judged raters and three weak ones.

Reference: Hanley and McNeil (1983), comparing areas from the same cases; Efron and Tibshirani (1993), ch. 13.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from evaluation.baseline import POINTS, baseline_scores
from evaluation.datasets import SHUFFLES, Crowd, crowds
from evaluation.run import Figures, Run, Section

POINT_NAMES = (*(str(n) for n in POINTS), "end")
MEASURES = ("auc", "spearman")
DRAWS = 400
_LEAST_RATERS, _LEAST_WEAK = 10, 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure on one crowd at one point, mean over orders; low and high enclose 95 % of drawn differences."""

    crowd: str
    point: str
    measure: str
    baseline: float
    product: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Positive: the product is better."""
        return self.product - self.baseline

    @property
    def worse(self) -> bool:
        """Beyond chance."""
        return self.high < 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A crowd in one order and two rankings of it: float64[POINT_NAMES, raters], higher is better, NaN for absent."""

    crowd: Crowd
    product: np.ndarray
    baseline: np.ndarray


# The ranking under test: float64[POINT_NAMES, raters] of a crowd in its order, see Ranked.
Product = Callable[[Crowd], np.ndarray]


def section_of(product: Product) -> Section:
    """The section that plays every crowd of the run's folder through the product and through the baseline."""

    def section(run: Run) -> Figures:
        if run.data is None:
            return {"skipped": "needs real crowds: give their folder with --data"}
        ranked = []
        for crowd in crowds(run.data, shuffles=1 if run.quick else SHUFFLES):
            run.say(f"ranking {crowd.name}, order {crowd.shuffle}")
            baseline = baseline_scores(crowd.items, crowd.raters, crowd.labels, crowd.scale)
            ranked.append(Ranked(crowd, product(crowd), baseline))
        return summary(compare(ranked, DRAWS // 4 if run.quick else DRAWS))

    return section


def scores_from_snapshots(crowd: Crowd, snapshots: Iterable[tuple[str, int | None, float]]) -> np.ndarray:
    """float64[POINT_NAMES, raters] from (rater id, judgments of the rater so far or None for the end, score).

    Snapshots at other counts are passed over. A figure where higher is worse, as the suspicion, goes in negative.
    """
    scores = np.full((len(POINT_NAMES), len(crowd.rater_ids)), np.nan)
    code = {rater: at for at, rater in enumerate(crowd.rater_ids)}
    row = {n: at for at, n in enumerate((*POINTS, None))}
    for rater, judgments, score in snapshots:
        if judgments in row:
            scores[row[judgments], code[rater]] = score
    return scores


def compare(ranked: Sequence[Ranked], draws: int = DRAWS) -> list[Comparison]:
    """Every crowd, point and measure that has enough raters."""
    comparisons = []
    for name in dict.fromkeys(one.crowd.name for one in ranked):
        orders = [one for one in ranked if one.crowd.name == name]
        for point in range(len(POINT_NAMES)):
            comparisons += _compare_point(name, point, orders, draws)
    return comparisons


def summary(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Mean differences by measure and point, where the product is worse beyond chance, and all lines."""
    means: dict[str, dict[str, float]] = {measure: {} for measure in MEASURES}
    for measure in MEASURES:
        for point in POINT_NAMES:
            found = [c.difference for c in comparisons if (c.measure, c.point) == (measure, point)]
            if found:
                means[measure][point] = round(float(np.mean(found)), 4)
    return {
        "mean_difference": means,
        "worse": [f"{c.crowd} {c.measure} at {c.point}" for c in comparisons if c.worse],
        "lines": [asdict(c) for c in comparisons],
    }


def auc(scores: np.ndarray, weak: np.ndarray) -> float:
    """How often a weak rater scores below one who is not; ties count half; NaN without both kinds."""
    ranks, n = rankdata(scores), int(weak.sum())
    if n in (0, len(scores)):
        return float("nan")
    return float(1.0 - (ranks[weak].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def spearman(scores: np.ndarray, accuracy: np.ndarray) -> float:
    """Rank correlation; NaN where either does not vary."""
    x, y = rankdata(scores), rankdata(accuracy)
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _compare_point(name: str, point: int, orders: Sequence[Ranked], draws: int) -> list[Comparison]:
    everybody = np.arange(len(orders[0].crowd.rater_ids))
    # Codes follow the order of first judgments; one draw must mean the same people in every order.
    codes = [np.argsort(np.array(one.crowd.rater_ids)) for one in orders]
    baseline, product = _mean_measures(point, orders, codes, everybody)
    if np.isnan(baseline).all():
        return []
    random = np.random.default_rng(point)
    drawn = []
    for _ in range(draws):
        before, after = _mean_measures(point, orders, codes, random.choice(everybody, len(everybody)))
        drawn.append(after - before)
    found = np.array([d for d in drawn if not np.isnan(d).any()])
    low, high = np.percentile(found, [2.5, 97.5], axis=0) if len(found) else np.full((2, len(MEASURES)), np.nan)
    return [
        Comparison(
            name, POINT_NAMES[point], measure, float(baseline[m]), float(product[m]), float(low[m]), float(high[m])
        )
        for m, measure in enumerate(MEASURES)
    ]


def _mean_measures(
    point: int, orders: Sequence[Ranked], codes: Sequence[np.ndarray], drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """[measures] of the baseline and of the product, over the orders that have enough raters."""
    rows = []
    for one, code in zip(orders, codes, strict=True):
        people = code[drawn]
        both = np.isfinite(one.baseline[point, people]) & np.isfinite(one.product[point, people])
        people = people[one.crowd.judged[people] & both]
        weak, accuracy = one.crowd.weak[people], one.crowd.accuracy[people]
        if len(people) < _LEAST_RATERS or weak.sum() < _LEAST_WEAK:
            continue
        rows.append(
            [
                (auc(scores, weak), spearman(scores, accuracy))
                for scores in (one.baseline[point, people], one.product[point, people])
            ]
        )
    if not rows:
        return np.full(len(MEASURES), np.nan), np.full(len(MEASURES), np.nan)
    mean = np.nanmean(np.array(rows), axis=0)
    return mean[0], mean[1]
