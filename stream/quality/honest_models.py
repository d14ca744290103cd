"""How honest raters answer: the models that the alarm must not punish, with how common each is.

Idea. Honest raters differ in skill and in habits. The alarm holds what an answer wins under careless models against the
mean over these, weighed by how common such raters are: a mixture, not the best fitting one, which would cost most of
the power. A model of weight w is accused wrongly with probability α/w at most, so the rare ones are protected less.

Formula. θ·ã + (1-θ)·e with the rater's habits in ã (leaning.py): who reads less well errs towards any label, e = 1/K,
and who reads badly as much towards the usual ones, e = ½/K + ½m with the queue's mix m: much of what looks like reading
badly is guessing well. (With 1/K alone the weakest of 1,000 honest raters was beaten by a careless reader, for that
only, at 2,000 judgments.) The skills lie at θ = USUAL + d·spread for the deviations d, weighed about as in a normal
population with a heavier lower end, and at LEAST_SKILL at least. How far skills lie apart depends on the queue: people
differ by so many logits of ability everywhere, but where items are clear a logit changes few answers. With the Fisher
information of an answer about θ,
    J = mean of Σ_k (a(k) - m(k))²/a(k),    spread = APART / √J,
a hundred answers tell two honest raters apart that differ by one spread, on clear queues and on hard ones. (Measured on
simulated queues with the same population of raters: between .076 and .119 in place of APART.)

Reference: Robbins (1970), Statistical methods related to the law of the iterated logarithm (mixtures); Rasch (1960).
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.predictive import nats

DEVIATIONS = (1.0, 0.0, -1.0, -2.0, -2.5, -3.0, -3.5, -4.0, -5.0)  # in spreads
_COMMON = (0.2, 0.45, 0.25, 0.06, 0.015, 0.012, 0.009, 0.006, 0.002)
HONEST_MODELS = len(DEVIATIONS)  # places in the alarm's row, from 0 on
HONEST_WEIGHTS = tuple(w / sum(_COMMON) for w in _COMMON)
USUAL = 1.03  # peers' answers predict an honest rater's a little worse than they might
LEAST_SKILL = 0.03
BADLY = -3.0  # spreads from the usual skill, and below
APART = 0.1
KNOWN_SPREAD = 0.15  # on known answers, of which a queue has too few to learn it; so it never changes


@compiled
def honest_spread(information: float) -> float:
    """How far the skills of honest raters lie apart where an answer bears so much information J about a skill."""
    return APART / math.sqrt(max(information, APART * APART))


@compiled
def add_honest(share: float, mix: float, scale: int, spread: float, sign: int, sums: np.ndarray) -> None:
    """Adds (sign 1) or takes back (sign -1) what each model makes of one answer, in units of 1 / NAT.

    share: the predictive's share of the answer with the rater's habits; mix: the answer's share in the queue.
    """
    even = 1.0 / scale
    for place in range(HONEST_MODELS):
        skill = max(USUAL + DEVIATIONS[place] * spread, LEAST_SKILL)
        wrong = even if DEVIATIONS[place] > BADLY else 0.5 * (even + mix)
        sums[place] += sign * nats(_reading(skill, share, wrong))


@compiled
def _reading(skill: float, share: float, wrong: float) -> float:
    """Above a skill of 1 the least likely labels would fall below zero: they keep a hundredth of their share."""
    return min(max(skill * share + (1.0 - skill) * wrong, 0.01 * wrong), 1.0)
