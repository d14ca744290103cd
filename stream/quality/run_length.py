"""How rarely a queue that stands still alarms: from the height of a two-sided cumulative sum, and back.

For Page's sums with slack ½ of a standard deviation over independent normal steps, Siegmund's approximation with the
overshoot 1.166 gives one side e^b - b - 1 over ½, b = height + 1.166; two sides halve it:

    run length = e^b - b - 1

Read: hours between false alarms on average; 8,760 is one a year for a queue.

Reference: Siegmund (1985), Sequential analysis, ch. 2; Montgomery (2009), ch. 9.
"""

import math

from stream.quality.compiled import compiled

SLACK = 0.5  # of a standard deviation: shifts of one are met earliest
_OVERSHOOT = 1.166


@compiled
def run_length(height: float) -> float:
    """Steps that two sums go on average until either reaches `height` (0 or more), while nothing changes."""
    b = height + _OVERSHOOT
    return math.exp(b) - b - 1.0


@compiled
def limit_of(steps: float) -> float:
    """The height whose run length this is; 10 steps or more."""
    b = 1.0
    for _ in range(60):
        b = math.log(steps + 1.0 + b)
    return b - _OVERSHOOT
