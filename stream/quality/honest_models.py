"""How honest raters answer: the models that the alarm must not punish, with how common each is.

Idea. Honest raters differ in skill and in habits. The alarm holds what an answer wins under careless models against the
mean over these, weighed by how common such raters are: a mixture, not the best fitting one, which would cost most of
the power. A model of weight w is accused wrongly with probability α/w at most, so the rare ones are protected less.

Formula. θ·a + (1-θ)/K for the skills of READING: who reads less well errs towards any label (1.1: better than the peers
usually are). θ·a + (1-θ)·m for those of HALF_READING: who reads only some of the items answers the others by the
queue's mix. These are rare; they keep raters who are weak, but far from random, from being accused in the long run.
Each with the peers' predictive a and with the rater's own habits, ã.

Reference: Robbins (1970), Statistical methods related to the law of the iterated logarithm (mixtures).
"""

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.predictive import nats

READING = (1.1, 1.0, 0.9, 0.75, 0.5)
HALF_READING = (0.75, 0.4, 0.2)
_READING_WEIGHTS = (0.25, 0.5, 0.217, 0.03, 0.003)
_HALF_READING_WEIGHTS = (0.008, 0.0015, 0.0003)
_WITH_HABITS = 0.7  # most people have some

# Places in the alarm's row: the skills as the peers, then with habits.
HONEST_MODELS = 2 * (len(READING) + len(HALF_READING))
_COMMON = _READING_WEIGHTS + _HALF_READING_WEIGHTS
HONEST_WEIGHTS = tuple(part * w / sum(_COMMON) for part in (1.0 - _WITH_HABITS, _WITH_HABITS) for w in _COMMON)


@compiled
def add_honest(a: float, habitual: float, m: float, scale: int, sign: int, sums: np.ndarray) -> None:
    """Adds (sign 1) or takes back (sign -1) what each model makes of one answer, in units of 1 / NAT.

    a: the predictive's share of the answer; habitual: the same with the rater's habits; m: the queue mix's share.
    """
    half = len(READING) + len(HALF_READING)
    for place in range(len(READING)):
        sums[place] += sign * nats(_reading(READING[place], a, scale))
        sums[half + place] += sign * nats(_reading(READING[place], habitual, scale))
    for place in range(len(HALF_READING)):
        skill = HALF_READING[place]
        sums[len(READING) + place] += sign * nats(skill * a + (1.0 - skill) * m)
        sums[half + len(READING) + place] += sign * nats(skill * habitual + (1.0 - skill) * m)


@compiled
def _reading(skill: float, share: float, scale: int) -> float:
    """Above a skill of 1 the least likely labels would fall below zero: they keep a hundredth of an even share."""
    return min(max(skill * share + (1.0 - skill) / scale, 0.01 / scale), 1.0)
