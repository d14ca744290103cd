"""What one judgment adds to the columns of its rater's windows."""

import math
from typing import Any

import numpy as np

from stream.quality.columns import (
    AGREEMENT,
    AUDITED,
    AUDITED_RANDOM,
    COST_MICRO,
    COSTED,
    ESCALATED,
    EXPECTED,
    EXPOSURE_NONE_MS,
    FAST,
    FAST_KNOWN,
    GOLD_RIGHT,
    GOLD_SEEN,
    JUDGMENTS,
    LOG_TIME,
    LOG_TIME_SQUARED,
    OVERTURNED,
    OVERTURNED_RANDOM,
    PEERS,
    REPEATS,
    REPEATS_SAME,
    SCORED,
    SKIPPED,
    TIMED,
)
from stream.quality.compiled import compiled, int64
from stream.quality.schema import UNIT, Flag, Kind

_SKIPPED, _ESCALATED = int(Flag.SKIPPED), int(Flag.ESCALATED)
_SCORED, _GOLD_SEEN, _AUDITED = int(Flag.SCORED), int(Flag.GOLD_SEEN), int(Flag.AUDITED)
_AUDITED_RANDOM, _REPEAT, _TIMED, _COSTED = (
    int(Flag.AUDITED_RANDOM),
    int(Flag.REPEAT),
    int(Flag.TIMED),
    int(Flag.COSTED),
)
_FAST, _FAST_KNOWN, _SENSITIVE, _SEVERE = int(Flag.FAST), int(Flag.FAST_KNOWN), int(Flag.SENSITIVE), int(Flag.SEVERE)
_SET = int(Kind.SET)


@compiled
def contribute(score: Any, sign: int, sums: np.ndarray) -> None:
    """Adds sign times a SCORE to int64[COLUMNS].

    Time on an item counts as exposure whatever the answer; the speed measures take answered judgments only.
    """
    flags = int64(score["flags"])
    if flags & _TIMED:
        level = 2 if flags & _SEVERE else (1 if flags & _SENSITIVE else 0)
        sums[EXPOSURE_NONE_MS + level] += sign * int64(score["duration_ms"])
    if flags & _COSTED:
        sums[COSTED] += sign
        sums[COST_MICRO] += sign * int64(score["cost_micro"])
    if flags & _SKIPPED:
        sums[SKIPPED] += sign
        return
    if flags & _ESCALATED:
        sums[ESCALATED] += sign
        return
    sums[JUDGMENTS] += sign
    if flags & _SCORED:
        sums[SCORED] += sign
        sums[PEERS] += sign * int64(score["peers"])
        sums[AGREEMENT] += sign * int64(score["agreement"])
        sums[EXPECTED] += sign * int64(score["expected"])
    if flags & _GOLD_SEEN:
        sums[GOLD_SEEN] += sign
        sums[GOLD_RIGHT] += sign * int64(score["credit"])
    if flags & _AUDITED:
        sums[AUDITED] += sign
        sums[OVERTURNED] += sign * int64(score["overturned"])
        if flags & _AUDITED_RANDOM:
            sums[AUDITED_RANDOM] += sign
            sums[OVERTURNED_RANDOM] += sign * int64(score["overturned"])
    if flags & _REPEAT:
        sums[REPEATS] += sign
        sums[REPEATS_SAME] += sign * int64(score["same"])
    if flags & _TIMED:
        log_time = math.log(max(int64(score["duration_ms"]), 1))
        sums[TIMED] += sign
        sums[LOG_TIME] += sign * int64(log_time * UNIT + 0.5)
        sums[LOG_TIME_SQUARED] += sign * int64(log_time * log_time * UNIT + 0.5)
        if flags & _FAST_KNOWN:
            sums[FAST_KNOWN] += sign
            if flags & _FAST:
                sums[FAST] += sign


@compiled
def labels_of(score: Any, kind: int, width: int) -> int:
    """A bit mask of the cells of a label vector that a judgment counts in; 0 for a skip, the last cell for "other"."""
    if int64(score["flags"]) & (_SKIPPED | _ESCALATED):
        return 0
    label = int64(score["label"])
    return label if kind == _SET else 1 << min(label, width - 1)
