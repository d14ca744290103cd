"""Self-inconsistency: does a rater answer the same item the same way when it comes back?

A repeated answer has a credit x in [0, 1]: how well it fits the rater's own first one. A rater who reads the items is
near the queue's usual share u of equal answers, one who clicks is near chance c = Σ m_k². The floor lies midway,
f = min((c + u) / 2, .70), and the evidence is a mixture of likelihood ratios against it,

    nats = log ⅓ Σ_a exp(Σ x log(a / f) + Σ (1 - x) log((1 - a) / (1 - f))),   a = ¼ f, ½ f, ¾ f

For any credits whose mean is f or more, e^nats averages 1 at most whenever one looks (for a partial credit by the
inequality of the means), so a rater at the floor ever reaches ln(1/α) with probability α at most.

Read: two different answers to one item cannot both be right, whatever the peers think; but a rater who always gives one
answer is perfectly consistent. Items that are asked twice because they are hard lower u with it.

Reference: Ville (1939); Wald (1945), Sequential tests; Robbins (1970), mixtures of likelihood ratios.
"""

import math
from typing import NamedTuple

from stream.quality.compiled import compiled

_HIGHEST = 0.70  # product.md's floor: nobody above it is called inconsistent, however steady the others are
_LOWEST = 0.05
_PRIOR = 20.0  # repeats midway between chance and certainty: what a queue is taken for until it has its own
_SHARES = (0.25, 0.5, 0.75)


class Consistency(NamedTuple):
    """A rater's repeated answers on a queue."""

    nats: float  # log likelihood ratio against a rater at the floor
    repeats: float
    same_share: float  # mean credit; 0 without repeats
    usual_share: float  # the same for the others of the queue
    floor: float


@compiled
def consistency(repeats: float, same: float, others_repeats: float, others_same: float, chance: float) -> Consistency:
    """From sums over a rater's and over the other raters' repeated answers; `chance` in [0, 1], Σ m_k² of the queue."""
    usual = (others_same + _PRIOR * (1.0 + chance) / 2.0) / (others_repeats + _PRIOR)
    floor = min(max((chance + usual) / 2.0, _LOWEST), _HIGHEST)
    if repeats < 1.0:
        return Consistency(0.0, 0.0, 0.0, usual, floor)
    differing = repeats - same
    most = -math.inf
    for share in _SHARES:
        most = max(most, _log_ratio(same, differing, share * floor, floor))
    total = 0.0
    for share in _SHARES:
        total += math.exp(_log_ratio(same, differing, share * floor, floor) - most)
    nats = most + math.log(total / len(_SHARES))
    return Consistency(nats, repeats, same / repeats, usual, floor)


@compiled
def _log_ratio(same: float, differing: float, rate: float, floor: float) -> float:
    return same * math.log(rate / floor) + differing * math.log((1.0 - rate) / (1.0 - floor))
