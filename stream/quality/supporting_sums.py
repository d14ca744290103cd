"""The sums behind what stands beside a finding, kept along the outcomes: a rater's pace, and the answers given where an
answer was known.

A judgment's pace is fixed when it arrives, so that an outcome which only re-scores it changes nothing here. What is
usual in the queue (the raters' own spread, how often a known answer is given) stands in the queue's row, over the
shard's raters.
"""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.metronomic import add_own_pace
from stream.quality.pace import PACE_STEP
from stream.quality.rater_rows import KNOWN_FIRST, PACE_FIRST, SPREAD_FIRST, Raters
from stream.quality.schema import UNIT, Flag, Kind

# Cells of the answers to items with a known answer, int64[1 + width]: how many are that very answer (on a scale the
# next level has credit, but is another label), and how often each label was given.
RIGHT, ANSWERS = 0, 1

_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN)
_REPEAT, _GOLD_SEEN, _FAST_KNOWN = int(Flag.REPEAT), int(Flag.GOLD_SEEN), int(Flag.FAST_KNOWN)
_SET = int(Kind.SET)


@compiled
def add_supporting(row: Any, raters: Raters, slot: int) -> None:
    """Adds an OUTCOME to the rater's sums, and to the usual spread in the queue's row."""
    if (int64(row["old"]["flags"]) | int64(row["new"]["flags"])) & _GOLD_SEEN:
        _add_known_answers(row, raters, slot)
    if row["first"]:
        _add_pace(row["new"], 1, raters, slot)
    elif row["last"]:
        _add_pace(row["old"], -1, raters, slot)


@compiled
def _add_known_answers(row: Any, raters: Raters, slot: int) -> None:
    hot = raters.hot[slot]
    kind, classes, queue = hot["label_kind"], int64(row["classes"]), hot["queue_row"]
    if not row["first"]:
        _add_known(row["old"], -1, kind, classes, raters.rank[slot, KNOWN_FIRST:], raters.rank[queue, KNOWN_FIRST:])
    if not row["last"]:
        _add_known(row["new"], 1, kind, classes, raters.rank[slot, KNOWN_FIRST:], raters.rank[queue, KNOWN_FIRST:])


@compiled
def _add_pace(score: Any, sign: int, raters: Raters, slot: int) -> None:
    if int64(score["flags"]) & _FAST_KNOWN:
        usual = raters.rank[raters.hot[slot]["queue_row"], SPREAD_FIRST:KNOWN_FIRST]
        add_own_pace(int64(score["pace"]) * PACE_STEP, sign, raters.rank[slot, PACE_FIRST:SPREAD_FIRST], usual)


@compiled
def _add_known(score: Any, sign: int, kind: int, classes: int, own: np.ndarray, whole: np.ndarray) -> None:
    """Each rater's first answer on an item, as where habits and skill are counted."""
    flags = int64(score["flags"])
    if not flags & _GOLD_SEEN or flags & (_ABSENT | _REPEAT) or kind == _SET:
        return
    label = int64(score["label"])
    if label >= classes:
        return
    right = sign if int64(score["credit"]) == UNIT else 0
    own[RIGHT] += right
    whole[RIGHT] += right
    own[ANSWERS + label] += sign
    whole[ANSWERS + label] += sign
