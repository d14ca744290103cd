"""A suspect known answer: do raters who are right elsewhere miss it?

Each answer on the item is a vote of weight w nats, what stage 1 gives the rater's vote from work elsewhere (log hit -
log miss). With V_z = Σ of the weights of the votes for z and the known answer g,

    nats = log 1/(K - 1) Σ_{z ≠ g} exp(d (V_z - V_g)),   d = 1 / (1 + ρ (n - 1)),   n = (Σ w)² / Σ w²

is the log of how much better "one of the other labels is right" explains the votes. Were raters to err independently, d
would be 1. They do not: a hard item misleads good raters together. d is Kish's design effect for an intraclass
correlation ρ = .1, so that no number of votes counts for more than ten. While g is right and raters err together no
more than that, e^nats averages 1 at most, so of G right answers at most a are expected ever to reach ln(G / a).

Read: a suspect answer may be wrong, may have two defensible readings, or may be just misleading: somebody should look
at it. Votes cannot tell these apart: where items are so hard that good raters are mostly wrong on some (simulated with
a difficulty of sd 2), three or four in a hundred right answers come out as suspect. The probability starts from three
wrong in a hundred known answers.

Reference: Dawid and Skene (1979); Kish (1965), Survey sampling; Northcutt, Athalye and Mueller (2021), Pervasive label
errors in test sets (3.3 % on average).
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled

_CORRELATION = 0.1
_WRONG_BEFORE = 0.03
_LEAST_WEIGHT = 1e-9


class GoldDoubt(NamedTuple):
    """What the votes on one item say about its known answer."""

    nats: float  # log likelihood ratio that another label is right
    probability: float  # of the same
    label: int  # the likeliest other label, the smallest of equals
    votes: float  # answers on the item
    fitting: float  # of these, equal to the known answer
    for_label: float  # of these, equal to `label`
    independent_votes: float  # what they count for


@compiled
def gold_doubt(labels: np.ndarray, weights: np.ndarray, known: int, scale: int) -> GoldDoubt:
    """From int64[votes] labels and float64[votes] nats (below 0 counts as 0); `known` and labels in 0 to scale - 1."""
    votes = np.zeros(scale)
    counts = np.zeros(scale)
    total, squares = 0.0, 0.0
    for v in range(len(labels)):
        weight = max(weights[v], 0.0)
        votes[labels[v]] += weight
        counts[labels[v]] += 1.0
        total += weight
        squares += weight * weight
    alike = total * total / squares if squares > _LEAST_WEIGHT else 0.0
    damping = 1.0 / (1.0 + _CORRELATION * max(alike - 1.0, 0.0))
    other = _likeliest_other(votes, counts, known, scale)
    ratio = 0.0
    for z in range(scale):
        if z != known:
            ratio += math.exp(damping * (votes[z] - votes[other]))
    nats = damping * (votes[other] - votes[known]) + math.log(ratio / (scale - 1.0))
    log_odds = min(max(nats + math.log(_WRONG_BEFORE / (1.0 - _WRONG_BEFORE)), -40.0), 40.0)
    probability = 1.0 / (1.0 + math.exp(-log_odds))
    independent = alike * damping
    return GoldDoubt(nats, probability, other, float(len(labels)), counts[known], counts[other], independent)


@compiled
def suspect_from(known_answers: float, wrongly_suspected: float) -> float:
    """The nats from which a known answer is suspect, among so many of the queue.

    `wrongly_suspected` is how many right ones may be suspected, expected over all of them and over their whole life.
    """
    return math.log(max(known_answers, 1.0) / wrongly_suspected)


@compiled
def _likeliest_other(votes: np.ndarray, counts: np.ndarray, known: int, scale: int) -> int:
    best = -1
    for z in range(scale):
        if z == known:
            continue
        if best < 0 or votes[z] > votes[best] or (votes[z] == votes[best] and counts[z] > counts[best]):
            best = z
    return best
