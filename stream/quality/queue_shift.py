"""A shift of a queue's level against its own past, hour by hour: since when, by how much, and how rare it is.

The level is the mean agreement or belief of an hour's judgments. With z how far an hour lies from the past, in standard
deviations, and L how much more hours vary together than apart (level_past.py), two cumulative sums

    up = max(0, up + z / L - ½),   down = max(0, down - z / L - ½)

meet a shift of one standard deviation as early as possible. The limit follows from a declared run length, the hours a
queue that stands still goes on average without an alarm (run_length.py). Hours wait until both sums are back at 0
before they join the past: a shift is never its own yardstick. A quiet hour waits until there are ten judgments.

Read: `usual_every_hours` says how rarely a queue that stands still shows as much. The start is where the sum last left
0, some hours early or late; the difference since then is a little too large, because it was looked for. Whether the
raters or who works there made it is shift_share.py's question.

Reference: Page (1954), Continuous inspection schemes; Hawkins (1987), Self-starting cusum charts.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.level_past import (
    HOURS,
    PAST,
    Z_UNIT,
    join,
    long_run,
    mean_level,
    noise_of_mean,
    note_hour,
    spread,
    standardized,
)
from stream.quality.run_length import SLACK, run_length
from stream.quality.schema import SHARE

# int64[SHIFT_STATE]: the past, the hours that wait to join it, and for each side the sum (1 / Z_UNIT), the hour in
# which it left 0, and the hours, judgments and levels since.
_WAITING = PAST
_UP, _SIDE = 2 * PAST, 5
_DOWN = _UP + _SIDE
_SUM, _SINCE, _SIDE_HOURS, _SIDE_JUDGMENTS, _SIDE_LEVEL = 0, 1, 2, 3, 4
_QUIET_JUDGMENTS, _QUIET_LEVEL, _LAST_Z = _DOWN + _SIDE, _DOWN + _SIDE + 1, _DOWN + _SIDE + 2
SHIFT_STATE = _LAST_Z + 1

_LEAST_JUDGMENTS = 10
_LEARNING_HOURS = 72  # three days, so that every time of day was seen more than once
_CLIP = 3 * Z_UNIT  # one strange hour is not a shift
_SLACK = int(SLACK * Z_UNIT)
_HIGHEST = 16 * Z_UNIT  # so that a day or so of usual hours takes an alarm back
_Z95 = 1.959964


class Shift(NamedTuple):
    """The larger of the two excursions of a queue's level; the interval is at 95 %."""

    direction: int  # 1 up, -1 down, 0 none
    height: float  # the sum, in standard deviations: an alarm from limit_of(run length) on
    usual_every_hours: float
    since_hour: int  # as the caller numbers hours
    hours: float
    judgments: float
    before: float  # level in [0, 1]
    after: float
    low: float  # of after - before
    high: float


@compiled
def close_hour(hour: int, judgments: int, level_sum: int, state: np.ndarray) -> None:
    """Takes an hour that is over: how many judgments, and the sum of their levels in units of 1 / SHARE."""
    state[_QUIET_JUDGMENTS] += judgments
    state[_QUIET_LEVEL] += level_sum
    n = int64(state[_QUIET_JUDGMENTS])
    if n < _LEAST_JUDGMENTS:
        return
    level = (int64(state[_QUIET_LEVEL]) + n // 2) // n
    state[_QUIET_JUDGMENTS] = 0
    state[_QUIET_LEVEL] = 0
    past, waiting = state[:PAST], state[_WAITING:_UP]
    if past[HOURS] < _LEARNING_HOURS:
        note_hour(n, level, 0, 0, past)
        return
    z = min(max(int64(np.rint(Z_UNIT * standardized(n, level / SHARE, past))), -_CLIP), _CLIP)
    step = int64(np.rint(z / long_run(past)))
    _move(step, hour, n, level, state[_UP:_DOWN])
    _move(-step, hour, n, level, state[_DOWN:_QUIET_JUDGMENTS])
    note_hour(n, level, z, int64(state[_LAST_Z]), waiting)
    state[_LAST_Z] = z
    if state[_UP + _SUM] == 0 and state[_DOWN + _SUM] == 0:
        join(waiting, past)


@compiled
def has_learned(state: np.ndarray) -> bool:
    """Whether enough hours were seen to know the queue's level."""
    return bool(state[HOURS] >= _LEARNING_HOURS)


@compiled
def queue_shift(state: np.ndarray) -> Shift:
    """What int64[SHIFT_STATE] shows as of the last hour."""
    up = state[_UP + _SUM] >= state[_DOWN + _SUM]
    side = state[_UP:_DOWN] if up else state[_DOWN:_QUIET_JUDGMENTS]
    past = state[:PAST]
    before = mean_level(past)
    if side[_SUM] == 0:
        return Shift(0, 0.0, 0.0, 0, 0.0, 0.0, before, before, 0.0, 0.0)
    height, hours, judgments = side[_SUM] / Z_UNIT, float(side[_SIDE_HOURS]), float(side[_SIDE_JUDGMENTS])
    after = side[_SIDE_LEVEL] / (judgments * SHARE)
    within, between = spread(past)
    noise = within / judgments + long_run(past) ** 2 * between / hours + noise_of_mean(past)
    half = _Z95 * math.sqrt(noise)
    change = after - before
    return Shift(
        1 if up else -1,
        height,
        run_length(height),
        int(side[_SINCE]),
        hours,
        judgments,
        before,
        after,
        change - half,
        change + half,
    )


@compiled
def accept_level(state: np.ndarray) -> None:
    """Makes the hours that wait the new past: somebody has looked, or the shift has stood for long enough."""
    if state[_WAITING + HOURS] > 0:
        state[:PAST] = 0
        join(state[_WAITING:_UP], state[:PAST])
    state[_UP:_QUIET_JUDGMENTS] = 0


@compiled
def _move(step: int, hour: int, n: int, level: int, side: np.ndarray) -> None:
    before = side[_SUM]
    side[_SUM] = min(max(before + step - _SLACK, 0), _HIGHEST)
    if side[_SUM] == 0:
        side[:] = 0
        return
    if before == 0:
        side[_SINCE] = hour
    side[_SIDE_HOURS] += 1
    side[_SIDE_JUDGMENTS] += n
    side[_SIDE_LEVEL] += n * level
