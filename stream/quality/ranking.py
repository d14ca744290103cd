"""How good a rater's judgments on a queue are, by peers alone: a score to rank by, with its two axes.

Accuracy is the mean belief that the rater's label is right, by two posteriors with different weaknesses (A cannot be
fooled about who is good, B knows habits), each drawn towards what the rater's skill and label mix suggest:

    target = θ g + (1 - θ) Σ_k π_k f_k,    acc_X = (Σ belief_X + 4 target) / (scored + 4)
    accuracy = (acc_A + acc_B) / 2,        score = accuracy + ⅛ · informativeness

with g the chance that a good answer is right (½ + ½ ā, ā the queue's mean belief), π = .7 m + .3 / K the classes' prior
and f the rater's label mix. A few judgments are thus read as what such an answerer would come to, not as the
queue's mean. Informativeness (nats a judgment) enters because accuracy alone cannot tell a constant majority answer
from knowledge.

Read: accuracy as a share of right answers on this queue, believed by peers and too high by some points where peers
share an error; the score only as an order among the raters of one queue.

Reference: Dawid and Skene (1979); Raykar et al. (2010), Learning from crowds.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.informativeness import informativeness
from stream.quality.predictive import mix_share
from stream.quality.rank_sums import BELIEF_A, BELIEF_B, JUDGED, SCORED
from stream.quality.schema import SHARE
from stream.quality.skill import own_share, skill

_PRIOR = 4.0  # judgments that a rater's target stands for
_WORTH = 0.125  # of accuracy for one nat a judgment
_SHARED_ERROR = 0.04  # of accuracy: peers err together, so no number of judgments makes it surer than this
_LOG_2 = math.log(2.0)
_Z95 = 1.959964


class Ranking(NamedTuple):
    """A rater on a queue; intervals are at 95 %, for one look (peeked at after each judgment they mislead)."""

    score: float  # to sort by: higher is better
    score_low: float
    score_high: float
    accuracy: float  # share of right answers, by peers
    accuracy_low: float
    accuracy_high: float
    informativeness_bits: float  # per judgment, 0 and below: tells nothing beyond a fixed habit
    skill: float  # 0 to 1, see skill.py
    judged: float
    scored: float  # judgments with a peer: what accuracy rests on


@compiled
def rank(sums: np.ndarray, mix: np.ndarray, queue_sums: np.ndarray, queue_mix: np.ndarray, scale: int) -> Ranking:
    """From int64[RANK_SUMS] and label counts int64[width] of the rater and of the queue; `scale` declared labels."""
    scored = float(sums[SCORED])
    theta = skill(sums)
    target = theta * good_answer(queue_sums, scale) + (1.0 - theta) * _by_habit(mix, queue_mix, scale)
    belief = (sums[BELIEF_A] + sums[BELIEF_B]) / (2.0 * SHARE)
    accuracy = (belief + _PRIOR * target) / (scored + _PRIOR)
    tells = informativeness(sums, mix, scale)
    variance = max(accuracy * (1.0 - accuracy), 0.0) / (scored + _PRIOR) + _SHARED_ERROR**2
    half = _Z95 * math.sqrt(variance)
    score = accuracy + _WORTH * tells
    return Ranking(
        score,
        score - half,
        score + half,
        accuracy,
        max(accuracy - half, 0.0),
        min(accuracy + half, 1.0),
        tells / _LOG_2,
        theta,
        float(sums[JUDGED]),
        scored,
    )


@compiled
def worth(informativeness_nats: float) -> float:
    """What informativeness adds to the score."""
    return _WORTH * informativeness_nats


@compiled
def usual_accuracy(queue_sums: np.ndarray) -> float:
    """The queue's mean belief in its raters' labels, .7 until it has judgments of its own."""
    belief = (queue_sums[BELIEF_A] + queue_sums[BELIEF_B]) / (2.0 * SHARE)
    return float((belief + 7.0) / (queue_sums[SCORED] + 10.0))


@compiled
def good_answer(queue_sums: np.ndarray, scale: int) -> float:
    """g: how often a good rater's answer is right, halfway between always and the queue's mean."""
    mean = (queue_sums[BELIEF_A] / SHARE + 7.0) / (queue_sums[SCORED] + 10.0)
    return float(0.5 + 0.5 * min(max(mean, 0.55 if scale == 2 else 0.4), 0.95))


@compiled
def _by_habit(mix: np.ndarray, queue_mix: np.ndarray, scale: int) -> float:
    """Σ_k π_k f_k: how often an answer is right that has nothing to do with its item."""
    right = 0.0
    for k in range(scale):
        prior = 0.7 * mix_share(k, queue_mix, scale) + 0.3 / scale
        right += prior * own_share(k, mix, queue_mix, scale)
    return right
