"""The duration sketch of a queue: logarithmic bins, and whether a judgment was fast for its kind of item.

A judgment is fast below a third of the median time of its queue and item kind, once FAST_AFTER judgments were timed.
The bins grow by 30 %, so the median is known to within 14 % (DDSketch: Masson, Rim and Lee, 2019). Fast work is a
supporting line only: speed alone ranks nobody.
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.schema import FAST_AFTER, FAST_SHARE_OF_MEDIAN, TIME_BINS, TIME_FIRST_MS, TIME_STEP

_LOG_STEP = math.log(TIME_STEP)


@compiled
def time_bin(duration_ms: int) -> int:
    """The bin of a duration in milliseconds, 0 to TIME_BINS - 1."""
    if duration_ms <= TIME_FIRST_MS:
        return 0
    return min(int(math.log(duration_ms / TIME_FIRST_MS) / _LOG_STEP), TIME_BINS - 1)


@compiled
def median_ms(counts: np.ndarray) -> float:
    """The middle (geometric) of the median's bin in milliseconds; 0 while fewer than FAST_AFTER were counted."""
    total = 0
    for b in range(TIME_BINS):
        total += counts[b]
    if total < FAST_AFTER:
        return 0.0
    below = 0
    for b in range(TIME_BINS):
        below += counts[b]
        if 2 * below >= total:
            return float(TIME_FIRST_MS * TIME_STEP ** (b + 0.5))
    return 0.0


@compiled
def is_fast(counts: np.ndarray, duration_ms: int) -> int:
    """1 fast, 0 not, -1 unknown yet."""
    usual = median_ms(counts)
    if usual == 0.0:
        return -1
    return 1 if duration_ms < usual * FAST_SHARE_OF_MEDIAN else 0
