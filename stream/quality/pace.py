"""How fast a judgment was for its queue and kind of item: a robust z of the logarithm of its time.

    z = (ln t - median) / spread,   spread = max((q75 - q25) / 1.349, .2),   clipped to [-3, 3]

Median and quartiles are the duration sketch's, on a straight line within a bin. Times of people are near log-normal
with a long tail of pauses: the logarithm makes them even, quartiles do not see the pauses, and the clip keeps one
forgotten tab from outweighing fifty quick answers. The floor of the spread is most of a bin: below it the sketch
cannot tell times apart.

Read: 0 is the usual time, -1 is faster than about 84 % of the queue's answers. A bin is 30 % wide, so a tool that
reports whole seconds or one time per page may be off by a few tenths.

Reference: van der Linden (2006), A lognormal model for response times; Masson, Rim and Lee (2019), DDSketch.
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.schema import FAST_AFTER, TIME_BINS, TIME_FIRST_MS, TIME_STEP

PACE_UNIT = 1000  # z = 1
PACE_STEP = 25  # of these units: a pace travels and is kept in one byte, finer than the sketch can tell
UNKNOWN_PACE = -32_768  # the queue has too few timed judgments of this kind
_MOST = 3.0 * PACE_UNIT
_QUARTILES_APART = 1.349  # of a normal distribution, in standard deviations
_BINS_PER_NAT = 1.0 / math.log(TIME_STEP)
_LEAST_APART = 0.2 * _BINS_PER_NAT * _QUARTILES_APART  # in bins


@compiled
def pace(counts: np.ndarray, duration_ms: int) -> int:
    """Z in thousandths, -3,000 to 3,000, from int32[TIME_BINS]; UNKNOWN_PACE below FAST_AFTER timed judgments."""
    total = 0
    for b in range(TIME_BINS):
        total += counts[b]
    if total < FAST_AFTER:
        return UNKNOWN_PACE
    b, below, quarter = _quantile(counts, (total + 3) // 4, 0, 0)
    b, below, half = _quantile(counts, (total + 1) // 2, b, below)
    b, below, three_quarters = _quantile(counts, (3 * total + 3) // 4, b, below)
    place = math.log(max(duration_ms, 1) / TIME_FIRST_MS) * _BINS_PER_NAT
    z = (place - half) * (PACE_UNIT * _QUARTILES_APART) / max(three_quarters - quarter, _LEAST_APART)
    if z <= -_MOST:
        return int(-_MOST)
    if z >= _MOST:
        return int(_MOST)
    return int(z + (_MOST + 0.5)) - int(_MOST)


@compiled
def in_steps(z: int) -> int:
    """A known pace in units of PACE_STEP, -120 to 120."""
    most = int(_MOST)
    return (z + most + PACE_STEP // 2) // PACE_STEP - most // PACE_STEP


@compiled
def _quantile(counts: np.ndarray, rank: int, start: int, below: int) -> tuple[int, int, float]:
    """Where the count reaches `rank`, going on from a bin with `below` before it: the bin, what lies below it, and the
    place within, in bins."""
    for b in range(start, TIME_BINS):
        until = below + counts[b]
        if until >= rank:
            return b, below, b + (rank - below) / counts[b]
        below = until
    return TIME_BINS - 1, below, float(TIME_BINS)
