"""A queue's level hour by hour, read off its counts: the mean belief in the answers that its peers weighed.

The counts are those of reference.py over all shards, as far as this one has heard. What an hour of log time added to
them is that hour's level; a change that has stood for a week is the queue's new level (queue_shift.py).
"""

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.queue_shift import SHIFT_STATE, accept_level, close_hour, queue_shift

# int64[LEVEL_STATE]: the shift's, then the hour at hand and what had been counted when it began.
_HOUR, _WEIGHED, _BELIEF = SHIFT_STATE, SHIFT_STATE + 1, SHIFT_STATE + 2
LEVEL_STATE = SHIFT_STATE + 3

RARE_HOURS = 8_760.0  # a queue that stands still shows such a shift once a year
_ACCEPTED_AFTER = 168.0  # hours


@compiled
def reach_hour(hour: int, weighed: int, belief: int, level: np.ndarray) -> bool:
    """Takes the counts at a moment of this hour of log time; answers whether an hour was closed.

    `weighed` judgments and the sum of their beliefs in units of 1 / SHARE, since the queue's beginning.
    """
    if level[_HOUR] >= hour:
        return False
    if level[_HOUR] > 0:
        close_hour(level[_HOUR], weighed - level[_WEIGHED], belief - level[_BELIEF], level[:SHIFT_STATE])
        shift = queue_shift(level[:SHIFT_STATE])
        if shift.usual_every_hours >= RARE_HOURS and shift.hours >= _ACCEPTED_AFTER:
            accept_level(level[:SHIFT_STATE])
    level[_HOUR] = hour
    level[_WEIGHED] = weighed
    level[_BELIEF] = belief
    return True
