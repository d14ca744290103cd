"""The running sums over a rater's last 50 judgments, so that weighing an outcome need not read the ring.

Kept exact: the common changes (a judgment newer than all kept, a re-scored one) are a step each, all others count anew.
"""

from typing import Any

from stream.quality.compiled import compiled, int64
from stream.quality.rater_rows import Raters
from stream.quality.schema import RING, WINDOW_JUDGMENTS, Flag

_SCORED = int(Flag.SCORED)


@compiled
def window_length(hot: Any) -> int:
    """How many of the ring's latest entries the window holds: 50 at most, none from before the episode."""
    return int64(min(WINDOW_JUDGMENTS, hot["seen"] - hot["unrelated_from"], hot["ring_length"]))


@compiled
def recount(raters: Raters, slot: int) -> None:
    """Sums the window's entries anew."""
    hot = raters.hot[slot]
    hot["recent_scored"] = 0
    hot["recent_agreement"] = 0
    hot["recent_expected"] = 0
    for place in range(hot["ring_length"] - window_length(hot), hot["ring_length"]):
        _count(hot, raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]["score"], 1)


@compiled
def count_newest(raters: Raters, slot: int, length_before: int) -> None:
    """Takes in the ring's last entry, which has just come and is the latest; `length_before` was the window's."""
    hot = raters.hot[slot]
    last = hot["ring_start"] + hot["ring_length"] - 1
    _count(hot, raters.ring[slot, last & (RING - 1)]["score"], 1)
    if window_length(hot) == length_before:
        _count(hot, raters.ring[slot, (last - length_before) & (RING - 1)]["score"], -1)


@compiled
def count_changed(hot: Any, place: int, old: Any, new: Any) -> None:
    """A judgment at this place of the ring means something else now."""
    if place >= hot["ring_length"] - window_length(hot):
        _count(hot, old, -1)
        _count(hot, new, 1)


@compiled
def _count(hot: Any, score: Any, sign: int) -> None:
    if int64(score["flags"]) & _SCORED:
        hot["recent_scored"] += sign
        hot["recent_agreement"] += sign * int64(score["agreement"])
        hot["recent_expected"] += sign * int64(score["expected"])
