"""How honest raters answer: the models that the alarm must not punish, with how common each is.

Idea. Honest raters differ in skill and in habits. The alarm holds what an answer wins under careless models against the
mean over these, weighed by how common such raters are: a mixture, not the best fitting one, which would cost most of
the power. A model of weight w is accused wrongly with probability α/w at most, so the rare ones are protected less.

Formula. θ·a + (1-θ)/K for skills θ = 1.05 - s·u: who reads less well errs towards any label. u counts standard
deviations of the honest, and s = .054 / sqrt(information) is one of them on this queue: people differ by about half a
logit wherever they work, which is little of the skill where answers are clear and much of it where they are not. So on
a queue where the worst of the honest look random, nobody is called random. Beside these stands a rare
.2·a + .8·m, m the queue's mix: it keeps the weakest from being accused in the long run. Each with the peers' predictive
a and with the rater's own habits, ã.

Reference: Robbins (1970), Statistical methods related to the law of the iterated logarithm (mixtures).
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.predictive import nats

_USUAL_SKILL = 1.05  # above 1: the peers of whom the predictive was learned include some who are not quite honest
_SPREAD = 0.054  # see Formula
_DEVIATIONS = (-0.8, 0.0, 0.9, 1.8, 2.7, 3.6)
_DEVIATION_WEIGHTS = (0.3, 0.43, 0.2297, 0.036, 0.0035, 0.0005)
_HALF_READING, _HALF_READING_WEIGHT = 0.2, 0.0003
_LEAST_SKILL, _MOST_SKILL = 0.15, 1.2
_WITH_HABITS = 0.7  # most people have some

# Places in the alarm's row: the skills as the peers, then with habits.
_HALF = len(_DEVIATIONS) + 1
HONEST_MODELS = 2 * _HALF
_COMMON = (*_DEVIATION_WEIGHTS, _HALF_READING_WEIGHT)
HONEST_WEIGHTS = tuple(part * w for part in (1.0 - _WITH_HABITS, _WITH_HABITS) for w in _COMMON)


@compiled
def add_honest(
    a: float, habitual: float, m: float, information: float, scale: int, sign: int, sums: np.ndarray
) -> None:
    """Adds (sign 1) or takes back (sign -1) what each model makes of one answer, in units of 1 / NAT.

    a: the predictive's share of the answer; habitual: the same with the rater's habits; m: the queue mix's share;
    information: mean nats per judgment about a random clicker on this queue, see detectability.py.
    """
    spread = _SPREAD / math.sqrt(information)
    for place in range(len(_DEVIATIONS)):
        skill = min(max(_USUAL_SKILL - spread * _DEVIATIONS[place], _LEAST_SKILL), _MOST_SKILL)
        sums[place] += sign * nats(_reading(skill, a, scale))
        sums[_HALF + place] += sign * nats(_reading(skill, habitual, scale))
    sums[_HALF - 1] += sign * nats(_HALF_READING * a + (1.0 - _HALF_READING) * m)
    sums[HONEST_MODELS - 1] += sign * nats(_HALF_READING * habitual + (1.0 - _HALF_READING) * m)


@compiled
def _reading(skill: float, share: float, scale: int) -> float:
    """Above a skill of 1 the least likely labels would fall below zero: they keep a hundredth of an even share."""
    return min(max(skill * share + (1.0 - skill) / scale, 0.01 / scale), 1.0)
