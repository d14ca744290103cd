"""The suspicion: how probable it is that a rater's accuracy on a queue lies below the midpoint of chance and usual.

A logistic line over the ranking score, its constants learned on simulated worlds (two or four classes, easy to hard,
skewed or even, 3 to 40 % weak raters of every kind, 5 to 400 judgments) and on nothing else:

    w = judged / (judged + 10),   span = usual - chance,   x = (score - (usual + chance) / 2) / span
    log-odds = -1.65 + w (4.4 - 8 x - 5 span) + known answers

with `usual` the queue's mean accuracy by peers and `chance` = Σ m_k², what answering by the queue's mix comes to. So a
rater without judgments is at one in six; the more judgments, the more the score decides; and where peers agree much
(wide span) the same x says less against a rater. For given judgments the order is that of the score.

Known answers add the log likelihood ratio of a rater a quarter of the way from chance to the usual accuracy on them
against a usual one. What speaks for a rater is capped: a documented group was right on nearly all tests and gave one
answer to everything else.

Read: .8 means that four of five raters who look like this have an accuracy below the midpoint, in crowds where about
one in seven does; where more or fewer do, it is too low or too high. It ranks and explains; alarms rest on alarm.py.

Reference: Platt (1999), Probabilistic outputs; Good (1950), weights of evidence.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.informativeness import informativeness
from stream.quality.predictive import mix_share
from stream.quality.ranking import Ranking, usual_accuracy, worth

_BASE, _LEVEL, _SLOPE, _SPAN = -1.65, 4.4, -8.0, -5.0  # fitted: test log loss .213, of the base rate alone .39
_HALF_WEIGHT = 10.0  # judgments at which the score has half its weight
_LEAST_SPAN = 0.05
_IN_FAVOUR, _AGAINST = -1.5, 6.0  # nats that known answers may say at most


class KnownAnswers(NamedTuple):
    """A rater's judgments on items with a known answer, and what is usual there; all 0 for none."""

    seen: float
    right: float
    usual: float  # the queue's share of right answers on them


class Suspicion(NamedTuple):
    """The probability and where it comes from: log-odds = as_usual + the three parts, each positive for worse."""

    probability: float
    as_usual: float  # log-odds of an average rater of this queue with as many judgments
    by_accuracy: float
    by_label_mix: float  # answers that a fixed habit explains
    by_known_answers: float


@compiled
def below_midpoint(
    ranking: Ranking, queue_sums: np.ndarray, queue_mix: np.ndarray, scale: int, known: KnownAnswers
) -> Suspicion:
    """From a rater's ranking, the queue's int64[RANK_SUMS] and label counts, and the declared labels."""
    usual, chance = usual_accuracy(queue_sums), _chance(queue_mix, scale)
    span = max(usual - chance, _LEAST_SPAN)
    usual_worth = worth(informativeness(queue_sums, queue_mix, scale))
    weight = ranking.judged / (ranking.judged + _HALF_WEIGHT)
    own_worth = ranking.score - ranking.accuracy
    middle = (usual + usual_worth - (usual + chance) / 2.0) / span
    as_usual = _BASE + weight * (_LEVEL + _SLOPE * middle + _SPAN * span)
    by_accuracy = weight * _SLOPE * (ranking.accuracy - usual) / span
    by_label_mix = weight * _SLOPE * (own_worth - usual_worth) / span
    by_known_answers = _by_known_answers(known, scale)
    log_odds = as_usual + by_accuracy + by_label_mix + by_known_answers
    probability = 1.0 / (1.0 + math.exp(-min(max(log_odds, -40.0), 40.0)))
    return Suspicion(probability, as_usual, by_accuracy, by_label_mix, by_known_answers)


@compiled
def _chance(queue_mix: np.ndarray, scale: int) -> float:
    total = 0.0
    for k in range(scale):
        total += mix_share(k, queue_mix, scale) ** 2
    return total


@compiled
def _by_known_answers(known: KnownAnswers, scale: int) -> float:
    if known.seen <= 0:
        return 0.0
    guess = 1.0 / scale
    usual = min(max(known.usual, guess + _LEAST_SPAN), 0.98)
    weak = guess + 0.25 * (usual - guess)
    wrong = known.seen - known.right
    ratio = known.right * math.log(weak / usual) + wrong * math.log((1.0 - weak) / (1.0 - usual))
    return min(max(ratio, _IN_FAVOUR), _AGAINST)
