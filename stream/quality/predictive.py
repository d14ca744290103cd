"""What peers make a rater's answer look like: the record that comes with a judgment once, and how to read it.

A predictive tells how probable each label was as this rater's answer, from the other answers on the item alone. It
names the four likeliest labels; what they leave is spread evenly over the labels that it does not name.

Fields: labels u1[4], the likeliest first, and shares u2[4], theirs (with fewer than four labels, the first places
count); own u2, the share of the label that was given; q_own u2, how probable that label is to be the right one;
a0_own u2, own before the calibration; peers u1. Shares are in units of 1 / SHARE.
"""

import math
from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.schema import NAT, PREDICTED, SHARE

LEAST_SHARE = 3e-4  # no single answer may decide: a probability counts as this at least


@compiled
def share_of(label: int, said: Any, scale: int) -> float:
    """The probability of a label, of `scale` declared ones."""
    for place in range(min(PREDICTED, scale)):
        if int64(said["labels"][place]) == label:
            return float(said["shares"][place] / SHARE)
    return unnamed_share(said, scale)


@compiled
def unnamed_share(said: Any, scale: int) -> float:
    """The probability of each label that is not named; 0 when all are."""
    if scale <= PREDICTED:
        return 0.0
    left = float(SHARE)
    for place in range(PREDICTED):
        left -= said["shares"][place]
    return float(max(left, 0.0) / SHARE / (scale - PREDICTED))


@compiled
def mix_share(label: int, counts: np.ndarray, scale: int) -> float:
    """A label's share in a mix of answers, from int64[>= scale] counts with one more of each label."""
    total = scale
    for k in range(scale):
        total += counts[k]
    return float((counts[label] + 1.0) / total)


@compiled
def nats(probability: float) -> int:
    """The logarithm as a whole number of 1 / NAT, so that sums neither drift nor depend on their order."""
    return int64(np.rint(NAT * math.log(max(probability, LEAST_SHARE))))


@compiled
def log_add(one: float, other: float) -> float:
    """The log of the sum of what these are the logs of; either may be -inf, not both."""
    most = max(one, other)
    return most + math.log(math.exp(one - most) + math.exp(other - most))


@compiled
def log_mean(sums: np.ndarray, first: int, weights: tuple[float, ...]) -> float:
    """The log of the weighted mean of what sums[first:] holds the logs of, in nats."""
    most = sums[first]
    for place in range(len(weights)):
        most = max(most, sums[first + place])
    total = 0.0
    for place in range(len(weights)):
        total += weights[place] * math.exp((sums[first + place] - most) / NAT)
    return float(most / NAT + math.log(total))
