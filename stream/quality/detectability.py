"""How many judgments it takes on a queue to find a random clicker, a constant answer, an inverted rater.

Idea. Hard items, rare disagreement and a lopsided label mix hide careless raters from any test; a queue's limit should
be told rather than found out. Each scored judgment carries so much information about each kind, whoever made it.

Formula. With the peers' predictive a, the queue's mix m and the weakest honest reading that is not rare,
h(k) = θ·a(k) + (1-θ)/K with θ two spreads below the usual skill (honest_models.py), a judgment tells
Σ_k p(k) log(p(k) / h(k)) nats, where p is
    m for a random clicker;    1[k = c] for the commonest label c;    .8·(1-a(k))/(K-1) + .2·a(k) for an inverted rater.
The alarm opens when the sum reaches its threshold and what the kind's prior weight costs, so the expected number of
judgments is (threshold + log(1/weight)) / mean information: Wald's equation.

Reference: Wald (1947), Sequential analysis.
Read: scored judgments from a rater's first. Thousands: the queue is blind to that kind and needs known answers.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from stream.quality.alarm import CONSTANT_PRIOR, INVERTED_PRIOR, RANDOM_PRIOR
from stream.quality.compiled import compiled, int64
from stream.quality.honest_models import LEAST_SKILL, USUAL, honest_spread
from stream.quality.predictive import LEAST_SHARE, mix_share, unnamed_share
from stream.quality.schema import NAT, PREDICTED, SHARE

# int64[INFORMATION_SUMS] on the queue's row; the last is J of honest_models.py, in units of 1 / NAT like the others.
JUDGMENTS, RANDOM_NATS, CONSTANT_NATS, INVERTED_NATS, READING = range(5)
INFORMATION_SUMS = 5
_AT_FIRST, _AT_FIRST_WEIGHT = 0.3, 20.0  # J of a queue that has told nothing yet, and how many answers that counts for
_MOST_READING = 30.0  # of one answer
WEAK = 2.0  # spreads below the usual skill: one honest rater in fifty reads worse


class ExpectedJudgments(NamedTuple):
    """Scored judgments until the alarm opens, in the mean; infinite where nothing is learned."""

    random: float
    constant: float
    inverted: float


@compiled
def add_information(said: Any, queue_counts: np.ndarray, scale: int, sums: np.ndarray) -> None:
    """Counts what one predictive tells; `said` as in predictive.py, `queue_counts` int64[>= scale]."""
    rest = unnamed_share(said, scale)
    commonest = int64(np.argmax(queue_counts[:scale]))
    weak = max(USUAL - WEAK * honest_spread(reading_information(sums)), LEAST_SKILL)
    unnamed_mix, random, inverted, constant = 1.0, 0.0, 0.0, -math.log(_weak(rest, weak, scale))
    reading = -1.0
    for place in range(min(PREDICTED, scale)):
        label, a = int64(said["labels"][place]), said["shares"][place] / SHARE
        m = mix_share(label, queue_counts, scale)
        unnamed_mix -= m
        reading += m * m / max(a, LEAST_SHARE)
        random += m * math.log(m / _weak(a, weak, scale))
        inverted += _information(_inverted(a, scale), _weak(a, weak, scale))
        if label == commonest:
            constant = -math.log(_weak(a, weak, scale))
    if scale > PREDICTED:
        others = scale - PREDICTED
        reading += max(unnamed_mix, 0.0) ** 2 / max(others * rest, LEAST_SHARE)
        random += max(unnamed_mix, 0.0) * math.log(max(unnamed_mix / others, LEAST_SHARE) / _weak(rest, weak, scale))
        inverted += others * _information(_inverted(rest, scale), _weak(rest, weak, scale))
    sums[JUDGMENTS] += 1
    sums[RANDOM_NATS] += int64(np.rint(NAT * random))
    sums[CONSTANT_NATS] += int64(np.rint(NAT * constant))
    sums[INVERTED_NATS] += int64(np.rint(NAT * inverted))
    sums[READING] += int64(np.rint(NAT * min(max(reading, 0.0), _MOST_READING)))


@compiled
def reading_information(sums: np.ndarray) -> float:
    """J, the mean information of an answer about its rater's skill: Σ (a - m)²/a = Σ m²/a - 1."""
    return float((sums[READING] / NAT + _AT_FIRST_WEIGHT * _AT_FIRST) / (sums[JUDGMENTS] + _AT_FIRST_WEIGHT))


def expected_judgments(sums: np.ndarray, threshold_nats: float) -> ExpectedJudgments:
    """From the queue's sums and the alarm's threshold."""
    return ExpectedJudgments(
        _until(sums, RANDOM_NATS, threshold_nats + math.log(1.0 / RANDOM_PRIOR)),
        _until(sums, CONSTANT_NATS, threshold_nats + math.log(1.0 / CONSTANT_PRIOR)),
        _until(sums, INVERTED_NATS, threshold_nats + math.log(1.0 / INVERTED_PRIOR)),
    )


def _until(sums: np.ndarray, kind: int, nats: float) -> float:
    mean = float(sums[kind]) / NAT / max(float(sums[JUDGMENTS]), 1.0)
    return nats / mean if mean > 0.0 else math.inf


@compiled
def _weak(share: float, skill: float, scale: int) -> float:
    return skill * share + (1.0 - skill) / scale


@compiled
def _inverted(share: float, scale: int) -> float:
    return 0.8 * (1.0 - share) / (scale - 1) + 0.2 * share


@compiled
def _information(p: float, honest: float) -> float:
    return p * math.log(max(p, LEAST_SHARE) / honest)
