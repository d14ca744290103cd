"""The score to beat: the one-pass prototype's S, kept as a yardstick and used by nothing else.

Two item posteriors, A by the queue's pooled confusion and B by every rater's stale skill and label mix; every label on
an item re-scores all of its raters. Per posterior a rater's expected confusion matrix D gives an accuracy, drawn
towards what skill and label mix suggest; A also gives the log evidence for "answers by a mix of the own":

    S = acc_A + acc_B - .25 LLRmix_A / (n + 4),   acc = Σ_z π_z (D[z,z] + 4 p_z) / (Σ_k D[z,k] + 4)

It keeps the whole posterior of every judgment, which a stream cannot.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled

POINTS = (5, 10, 20, 40)  # a rater's judgments at which S is read, besides the end
_GRID = np.arange(11) / 10.0
_GRID_PRIOR = np.array([1, 1, 1, 1, 1.5, 2, 3, 4, 4, 3, 2])
_HABIT = 0.1
_BY_QUEUE, _BY_RATER = 0, 1  # what a vote weighs by: posteriors A and B
_LEAST_MEAN = np.array([0.0, 0.0, 0.55, 0.4])  # by labels, the last for more


class _Told(NamedTuple):
    """What the items say of each judgment so far, in stream order."""

    raters: np.ndarray
    labels: np.ndarray
    believed: np.ndarray  # [judgments, labels] the item's posterior
    fit: np.ndarray  # predictive of the own label from the others; below 0: no peer yet
    share: np.ndarray  # the label's share in the queue when it was last scored


class _Queue(NamedTuple):
    share: np.ndarray
    prior: np.ndarray
    mean: float  # mean diagonal of the pooled confusion


def baseline_scores(items: np.ndarray, raters: np.ndarray, labels: np.ndarray, scale: int) -> np.ndarray:
    """S as float64[len(POINTS) + 1, raters]: at each point and at the end, NaN where a rater has not come so far.

    The judgments are int64 codes in stream order, one per rater and item.
    """
    by_queue = _replay(items, raters, labels, scale, np.array(POINTS), _BY_QUEUE)
    by_rater = _replay(items, raters, labels, scale, np.array(POINTS), _BY_RATER)
    return np.asarray(by_queue[0] + by_rater[0] - 0.25 * by_queue[1])


@compiled
def _replay(
    items: np.ndarray,
    raters: np.ndarray,
    labels: np.ndarray,
    scale: int,
    points: np.ndarray,
    posterior: int,
) -> np.ndarray:
    """[accuracy or LLRmix / (n + 4), points and end, raters], by one posterior."""
    people, judgments = raters.max() + 1, len(items)
    told = _Told(raters, labels, np.zeros((judgments, scale)), np.full(judgments, -1.0), np.zeros(judgments))
    latest, before = np.full(items.max() + 1, -1), np.full(judgments, -1)  # an item's judgments as a chain
    counts, theta, own = np.zeros((people, scale)), np.full(people, -1.0), np.zeros((people, scale))
    queue = _Queue(np.full(scale, 1.0 / scale), np.full(scale, 1.0 / scale), 0.7)
    read = np.full((2, len(points) + 1, people), np.nan)
    for j in range(judgments):
        if j in (20, 50, 100) or (j > 0 and j % 200 == 0):
            queue = _refreshed(told, counts, j, scale)
            for r in range(people):
                if counts[r].sum() > 0:
                    theta[r], own[r] = _skill(told, r, j), _own_mix(counts[r], queue.share)
        rater = raters[j]
        counts[rater, labels[j]] += 1
        before[j], latest[items[j]] = latest[items[j]], j
        told.share[j] = queue.share[labels[j]]
        if before[j] >= 0:
            _rescore(told, before, j, queue, theta, own, scale, posterior)
        for point in range(len(points)):
            if counts[rater].sum() == points[point]:
                read[:, point, rater] = _read(told, rater, j + 1, counts[rater], queue, scale)
    queue = _refreshed(told, counts, judgments, scale)
    for rater in range(people):
        read[:, len(points), rater] = _read(told, rater, judgments, counts[rater], queue, scale)
    return read


@compiled
def _rescore(
    told: _Told,
    before: np.ndarray,
    last: int,
    queue: _Queue,
    theta: np.ndarray,
    own: np.ndarray,
    scale: int,
    posterior: int,
) -> None:
    good, other = _good(queue.mean, scale)
    logs = np.log(queue.prior)
    mark = last
    while mark >= 0:
        logs[told.labels[mark]] += _vote(told, mark, queue, theta, own, scale, posterior)
        mark = before[mark]
    mark = last
    while mark >= 0:
        label = told.labels[mark]
        without = logs.copy()
        without[label] -= _vote(told, mark, queue, theta, own, scale, posterior)
        told.believed[mark] = _normal(logs)
        told.fit[mark] = other + (good - other) * _normal(without)[label]
        told.share[mark] = queue.share[label]
        mark = before[mark]


@compiled
def _vote(
    told: _Told,
    mark: int,
    queue: _Queue,
    theta: np.ndarray,
    own: np.ndarray,
    scale: int,
    posterior: int,
) -> float:
    if posterior == _BY_QUEUE or theta[told.raters[mark]] < 0.0:
        return math.log(queue.mean * (scale - 1) / (1.0 - queue.mean))
    good, other = _good(queue.mean, scale)
    skill, habit = theta[told.raters[mark]], own[told.raters[mark], told.labels[mark]]
    right, wrong = skill * good + (1.0 - skill) * habit, skill * other + (1.0 - skill) * habit
    return math.log((right + 1e-6) / (wrong + 1e-6))


@compiled
def _good(mean: float, scale: int) -> tuple[float, float]:
    """A good rater's probability of the right answer and of each other one."""
    return 0.5 + 0.5 * mean, 0.5 * (1.0 - mean) / (scale - 1)


@compiled
def _normal(logs: np.ndarray) -> np.ndarray:
    weights = np.exp(logs - logs.max())
    normal: np.ndarray = weights / weights.sum()
    return normal


@compiled
def _refreshed(told: _Told, counts: np.ndarray, until: int, scale: int) -> _Queue:
    share = (counts.sum(axis=0) + 1.0) / (until + scale)
    prior = 0.7 * share + 0.3 / scale
    pooled, rows = np.full(scale, 7.0), np.full(scale, 10.0)
    for j in range(until):
        if told.fit[j] >= 0.0:
            pooled[told.labels[j]] += told.believed[j, told.labels[j]]
            rows += told.believed[j]
    mean = (prior * pooled / rows).sum()
    return _Queue(share, prior, min(max(mean, _LEAST_MEAN[min(scale, 3)]), 0.95))


@compiled
def _skill(told: _Told, rater: int, until: int) -> float:
    logs = np.log(_GRID_PRIOR)
    for j in range(until):
        if told.raters[j] == rater and told.fit[j] >= 0.0:
            logs += np.log(_GRID * told.fit[j] + (1.0 - _GRID) * told.share[j] + 1e-4)
    return float((_normal(logs) * _GRID).sum())


@compiled
def _own_mix(counts: np.ndarray, share: np.ndarray) -> np.ndarray:
    mix: np.ndarray = (counts + 4.0 * share) / (counts.sum() + 4.0)
    return mix


@compiled
def _read(told: _Told, rater: int, until: int, counts: np.ndarray, queue: _Queue, scale: int) -> np.ndarray:
    """[accuracy, LLRmix / (n + 4)] of one rater as of `until`."""
    diagonal, rows, follows = np.zeros(scale), np.zeros(scale), 0.0
    for j in range(until):
        if told.raters[j] == rater and told.fit[j] >= 0.0:
            diagonal[told.labels[j]] += told.believed[j, told.labels[j]]
            rows += told.believed[j]
            follows += math.log(0.9 * told.fit[j] + 0.1 * told.share[j])
        elif told.raters[j] == rater:
            follows += math.log(told.share[j])
    skill, (good, _) = _skill(told, rater, until), _good(queue.mean, scale)
    usual = skill * good + (1.0 - skill) * _own_mix(counts, queue.share)
    accuracy = (queue.prior * (diagonal + 4.0 * usual) / (rows + 4.0)).sum()
    n = counts.sum()
    habit = math.lgamma(_HABIT * scale) - math.lgamma(_HABIT * scale + n)
    for count in counts:
        habit += math.lgamma(_HABIT + count) - math.lgamma(_HABIT)
    return np.array([accuracy, (habit - follows) / (n + 4.0)])
