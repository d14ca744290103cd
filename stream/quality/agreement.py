"""How far two labels agree: one function w(x, y) in [0, 1] for nominal, ordinal and set labels, in fixed point.

w is equality for nominal labels, 1 - |i - j| / (K - 1) for levels of an ordinal scale (linear weights), and the Jaccard
index for sets. With these weights a mean over pairs is 1 minus Krippendorff's observed disagreement.

References: Cohen (1968), weighted kappa; Krippendorff (2011), Computing alpha-reliability; Passonneau (2006), MASI and
Jaccard for set-valued items.
"""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.schema import OTHER, SHARE, UNIT, Kind

_ORDINAL, _SET = int(Kind.ORDINAL), int(Kind.SET)


@compiled
def weight(kind: int, scale: int, x: int, y: int) -> int:
    """w(x, y) in units of UNIT; `scale` is the number of declared labels (only ordinal labels use it)."""
    if kind == _ORDINAL:
        if scale < 2:
            return UNIT
        apart = x - y if x > y else y - x
        return UNIT - (apart * UNIT + (scale - 1) // 2) // (scale - 1)
    if kind == _SET:
        union = members(x | y)
        return UNIT if union == 0 else (members(x & y) * UNIT + union // 2) // union
    return UNIT if x == y else 0


@compiled
def share(scale: int, label: int, counts: np.ndarray) -> float:
    """The label's share in what the queue's raters answer, smoothed by one of each; not for sets."""
    answers = counts[OTHER]
    for k in range(scale):
        answers += counts[k]
    return float((counts[label] + 1.0) / (answers + scale))


@compiled
def label_share(score: Any) -> float:
    """The label's share in the queue when it arrived: kept apart on a scale, elsewhere `expected` itself."""
    return float(score["share"] / SHARE if score["share"] > 0 else score["expected"] / UNIT)


@compiled
def members(mask: int) -> int:
    """How many labels a set's bit mask holds."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@compiled
def expected(kind: int, scale: int, label: int, counts: np.ndarray, recent: np.ndarray) -> int:
    """Mean w(label, other) over what the queue's raters answer, in UNIT: what agreement chance alone would give.

    `counts` int64[32] are the queue's label counts, smoothed by one each. Sets are compared with `recent`, a sample
    of whole answers, since members do not come independently.
    """
    if kind == _SET:
        if len(recent) == 0:
            return UNIT // max(scale, 1)
        total = 0
        for other in recent:
            total += weight(kind, scale, label, int64(other))
        return (total + len(recent) // 2) // len(recent)
    answers = counts[OTHER]
    for k in range(scale):
        answers += counts[k]
    mean = (counts[OTHER] + 1.0) / (answers + scale) * UNIT if label == OTHER else 0.0
    if label != OTHER:
        for k in range(scale):
            mean += (counts[k] + 1.0) / (answers + scale) * weight(kind, scale, label, k)
    return int(min(mean, float(UNIT)) + 0.5)
