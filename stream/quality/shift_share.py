"""Whether a queue's level moved because its raters did, or because other raters work there now.

The change of the mean between two periods is split exactly. For raters who stay, with shares s and levels μ,

    within = Σ s̄_r Δμ_r,   mix = Σ Δs_r (μ̄_r - X̄) + Σ_new s (μ - X̄) - Σ_gone s (μ - X̄),   within + mix = ΔX

with bars over the mean of both periods. A rater stays who has ten judgments in each; with fewer, an own level would be
chance.

Read: where `within` may be 0 and `mix` makes up most of the change, who works on the queue explains it; where `within`
is most of it, the same people agree less than before: the items, the guideline or the tool changed.

Reference: Griliches and Regev (1995), Firm productivity in Israeli industry; Dunn (1960), shift-share.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled

_STAYS = 10  # judgments in each period
_Z95 = 1.959964


class ShiftShare(NamedTuple):
    """The change of a queue's mean level and its two parts; the interval is at 95 %."""

    change: float
    within: float  # by raters whose own level moved
    within_low: float
    within_high: float
    mix: float  # by who works there
    stayed: int  # raters
    came_or_went: int


@compiled
def shift_share(before: np.ndarray, before_level: np.ndarray, since: np.ndarray, since_level: np.ndarray) -> ShiftShare:
    """By rater: int64[raters] judgments and float64[raters] sums of levels in [0, 1], before and since."""
    all_before, all_since = float(before.sum()), float(since.sum())
    if all_before < 1.0 or all_since < 1.0:
        return ShiftShare(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
    mean_before, mean_since = before_level.sum() / all_before, since_level.sum() / all_since
    middle = (mean_before + mean_since) / 2.0
    variance = max(middle * (1.0 - middle), 1e-3)
    within, noise, mix = 0.0, 0.0, 0.0
    stayed, others = 0, 0
    for r in range(len(before)):
        share_before, share_since = before[r] / all_before, since[r] / all_since
        if before[r] >= _STAYS and since[r] >= _STAYS:
            level_before, level_since = before_level[r] / before[r], since_level[r] / since[r]
            share = (share_before + share_since) / 2.0
            within += share * (level_since - level_before)
            noise += share * share * variance * (1.0 / before[r] + 1.0 / since[r])
            mix += (share_since - share_before) * ((level_before + level_since) / 2.0 - middle)
            stayed += 1
        elif before[r] > 0 or since[r] > 0:
            mix += since_level[r] / all_since - share_since * middle
            mix -= before_level[r] / all_before - share_before * middle
            others += 1
    half = _Z95 * math.sqrt(noise)
    return ShiftShare(mean_since - mean_before, within, within - half, within + half, mix, stayed, others)
