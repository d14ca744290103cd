"""Honest raters who read one class for another: steadily, and the rest as everybody does.

Idea. Somebody who understood the guideline differently says "allowed" where the others say "age gated". Such answers
fit the peers badly and are not careless: they depend on the item, always in the same way. So the alarm counts these
readings among the honest ones, one for each ordered pair of classes j read as i. With two labels such a reading is a
constant answer and cannot be told from one; with more than MOST_LABELS a single pair changes so little that nobody is
alarmed for it, and the pairs would be many.

Formula. With a(k) the peers' predictive and s the steadiness, the reading j -> i answers
    p(i) = a(i) + s a(j),    p(j) = (1 - s) a(j),    p(k) = a(k) else,
each with the skill θ of a usual rater, θ p + (1 - θ)/K. All of them together are weighed as one model of the mixture,
with the mean over the pairs. Only the pairs that have the answer in them differ from reading as everybody does, so a
row of K² cells holds what each pair has won beyond that, and one cell what reading as everybody does has won.
On an item with a known answer t, a is the queue's hit rate for t and even for the others.

Reference: Dawid and Skene (1979), a confusion matrix with one row moved; Robbins (1970), mixtures.
Read: log of the mean over the pairs, in nats, next to the honest models'.
"""

import math
from typing import Any

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.predictive import nats, share_of
from stream.quality.schema import NAT

LEAST_LABELS, MOST_LABELS = 3, 8
STEADY = 0.9  # share of the items of class j that are taken for i
MISREADS = 0.2  # of honest raters, as the mixture has it: dear to careless raters only where they look like this
SKILL = 0.95  # of such a rater, on the classes read as by everybody
_FAR = 20.0  # nats: what lies so far behind the likeliest pair adds nothing


@compiled
def misreading_length(scale: int) -> int:
    """Cells of the row for so many labels; never fewer for more labels."""
    most = min(scale, MOST_LABELS)
    return 1 + most * most


@compiled
def can_be_misread(scale: int) -> bool:
    """Whether a class read for another leaves something to be read rightly, and is worth asking for."""
    return LEAST_LABELS <= scale <= MOST_LABELS


@compiled
def add_misreading(label: int, own: float, said: Any, scale: int, sums: np.ndarray) -> None:
    """Counts an answer whose predictive share is `own`; `said` as in predictive.py, sums int64[misreading_length]."""
    if not can_be_misread(scale):
        return
    usual = nats(_with_skill(own, scale))
    missed = nats(_with_skill((1.0 - STEADY) * own, scale)) - usual
    sums[0] += usual
    for other in range(scale):
        if other != label:
            taken = own + STEADY * share_of(other, said, scale)
            sums[1 + other * scale + label] += nats(_with_skill(taken, scale)) - usual
            sums[1 + label * scale + other] += missed


@compiled
def add_known_misreading(label: int, truth: int, hit: float, scale: int, sign: int, sums: np.ndarray) -> None:
    """Counts (sign 1) or takes back (sign -1) an answer to an item with the known answer `truth`, see alarm.py."""
    if not can_be_misread(scale):
        return
    miss = (1.0 - hit) / (scale - 1)
    usual = nats(_with_skill(hit if label == truth else miss, scale))
    sums[0] += sign * usual
    if label == truth:
        less = nats(_with_skill((1.0 - STEADY) * hit, scale)) - usual
        for other in range(scale):
            if other != truth:
                sums[1 + truth * scale + other] += sign * less
    else:
        sums[1 + truth * scale + label] += sign * (nats(_with_skill(miss + STEADY * hit, scale)) - usual)


@compiled
def misreading_nats(sums: np.ndarray, scale: int) -> float:
    """The log of the mean over all pairs; the lowest number there is where no pair is asked for."""
    if not can_be_misread(scale):
        return -math.inf
    most = sums[2]
    for pair in range(scale * scale):
        if pair % (scale + 1) != 0:
            most = max(most, sums[1 + pair])
    total = 0.0
    for pair in range(scale * scale):
        behind = (sums[1 + pair] - most) / NAT
        if pair % (scale + 1) != 0 and behind > -_FAR:
            total += math.exp(behind)
    return float((sums[0] + most) / NAT + math.log(total / (scale * (scale - 1))))


@compiled
def _with_skill(share: float, scale: int) -> float:
    return SKILL * share + (1.0 - SKILL) / scale
