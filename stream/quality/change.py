"""The change detector: since when do a rater's answers no longer fit this rater's own past?

Idea. Somebody who worked well for hundreds of judgments has a credit in the alarm that careless answers take as long to
use up. So this test compares with the own past only, and as nobody knows when a change comes, it begins anew at each
judgment and adds up all beginnings (Shiryaev and Roberts).

Formula. The own past predicts an answer x with p(x): the mean of all models of the alarm, weighed by what each had won
until some time ago (own_past.py), so that a change does not excuse itself. Against it stand the queue's mix m, 1/K, a
quarter of the reading, .25·a + .75·m, and for each label c the constant answer .9·1[k = c] + .1·a(k). For each of them
    R_n = l_n (R_{n-1} + 1),    l_n = p_changed(x_n) / p(x_n),
and R is their weighted mean. Without a change the mean of R_n is n, so R reaches A within N judgments with probability
N/A at most: the threshold follows from how many judgments the budget speaks of. Counted from the 31st scored answer
of the episode on, since the past must be known first. Answers with a known right one do not enter.

Reference: Shiryaev (1963); Roberts (1966); Shin, Ramdas and Rinaldo (2024), E-detectors.
Read: log R in nats. It wanders about 0 to log n; ten nats above that is a change. It falls back by itself when the
rater does.
"""

import math
from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.own_past import PAST
from stream.quality.predictive import LEAST_SHARE, mix_share
from stream.quality.schema import SHARE

AFTER = 30  # scored answers of the episode that make the own past
_WEIGHTS = (0.62, 0.02, 0.06, 0.30)  # queue's mix, uniform, less reading, one answer
_FIXED = 3  # of them, before the constant ones
_FIRST = PAST  # where they stand in the row; before them the past, see own_past.py
_MOST = 1e13  # R counts as this at most: no budget asks for more, and as fixed point it still fits 64 bits
_UNIT = 65_536.0


@compiled
def change_length(scale: int) -> int:
    """The length of the row for so many declared labels, int64, all zero at the start of an episode."""
    return _FIRST + _FIXED + scale


@compiled
def add_change(
    label: int, said: Any, queue_counts: np.ndarray, scale: int, usual_nats: float, sums: np.ndarray
) -> None:
    """Counts an answer; `usual_nats` is the log of p(x). Not for the first AFTER scored answers."""
    a, m = said["own"] / SHARE, mix_share(label, queue_counts, scale)
    usual = max(math.exp(usual_nats), LEAST_SHARE)
    _count(sums, _FIRST, m / usual)
    _count(sums, _FIRST + 1, 1.0 / scale / usual)
    _count(sums, _FIRST + 2, (0.25 * a + 0.75 * m) / usual)
    for k in range(scale):
        _count(sums, _FIRST + _FIXED + k, ((0.9 if k == label else 0.0) + 0.1 * a) / usual)


@compiled
def change_nats(sums: np.ndarray, scale: int) -> float:
    """The log of R: it reaches log(A) within N judgments of an unchanged rater with probability N/A at most."""
    total = 0.0
    for place in range(_FIXED):
        total += _WEIGHTS[place] * sums[_FIRST + place]
    for k in range(scale):
        total += _WEIGHTS[_FIXED] / scale * sums[_FIRST + _FIXED + k]
    return math.log(max(total / _UNIT, 1e-6))


@compiled
def _count(sums: np.ndarray, place: int, ratio: float) -> None:
    sums[place] = int64(np.rint(min(ratio * (sums[place] + _UNIT), _MOST * _UNIT)))
