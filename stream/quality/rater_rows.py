"""The arrays stage 2 works on: a row per rater and queue, and a row per group (a vendor's queue, a whole queue)."""

from typing import NamedTuple

import numpy as np

from stream.quality.alarm import alarm_length
from stream.quality.change import change_length
from stream.quality.compiled import plain
from stream.quality.copying import PARTNERS
from stream.quality.detectability import INFORMATION_SUMS
from stream.quality.metronomic import USUAL_SPREAD
from stream.quality.partners import MEETINGS, PARTNER, TOTALS
from stream.quality.rank_sums import RANK_SUMS
from stream.quality.schema import BUCKETS, COLUMNS, ENTRY, HOT, RING
from stream.quality.speed import PACE_SUMS

PACE_FIRST = RANK_SUMS  # cells of Raters.rank: speed.PACE_SUMS of a rater, then of a queue's row the usual spread
SPREAD_FIRST = PACE_FIRST + PACE_SUMS
KNOWN_FIRST = SPREAD_FIRST + USUAL_SPREAD  # and on items with a known answer, int64[1 + width]
_NEVER = -1
_NAMES = np.arange(RING)


class Raters(NamedTuple):
    """Rows of one label width; groups are rows too (HOT.kind 1), without a ring of their own."""

    hot: np.ndarray  # HOT[slots]
    life: np.ndarray  # int64[slots, COLUMNS]: since the beginning
    mix: np.ndarray  # int64[slots, width]: answers by label id
    starts: np.ndarray  # int32[slots, BUCKETS]: period number of each bucket, -1 for none
    buckets: np.ndarray  # int64[slots, BUCKETS, COLUMNS]
    bucket_mix: np.ndarray  # int32[slots, BUCKETS, width]
    ring: np.ndarray  # ENTRY[slots, RING]: the latest judgments, sorted by (submitted_ms, judgment) from ring_start on
    # int64[slots, KNOWN_FIRST + 1 + width]: rank_sums.py, of a queue's row what is usual there; then paces and known
    # answers, see supporting_sums.py (in one array: each further one costs every call that takes the rows)
    rank: np.ndarray
    habit: np.ndarray  # int64[slots, width]: answers by label, those on known answers left out
    alarm: np.ndarray  # int64[slots, alarm_length(width)]: see alarm.py
    change: np.ndarray  # int64[slots, change_length(width)]: see change.py
    tells: np.ndarray  # int64[slots, INFORMATION_SUMS]: of a queue's row, see detectability.py
    partners: np.ndarray  # PARTNER[slots, PARTNERS]: see partners.py for this and the two following
    met: np.ndarray  # int64[slots, TOTALS]
    by_share: np.ndarray  # int64[slots, MEETINGS]: of a queue's row
    told: np.ndarray  # uint16[slots, 1 + width]: skill and label mix as stage 1 was last told, in SHAREs
    dirty: np.ndarray  # uint8[slots]: 1 since the last flush
    touched: np.ndarray  # uint8[slots]: a bit per block of the ring, since the last flush


def make_raters(slots: int, width: int) -> Raters:
    """Empty rows."""
    raters = reserve_raters(slots, width)
    raters.starts[:] = _NEVER
    raters.ring["name"] = np.arange(RING)
    return raters


def reserve_raters(slots: int, width: int) -> Raters:
    """Room for rows, each to be cleared before its use: memory that is not touched costs nothing."""
    return Raters(
        np.zeros(slots, HOT),
        np.zeros((slots, COLUMNS), "i8"),
        np.zeros((slots, width), "i8"),
        np.zeros((slots, BUCKETS), "i4"),
        np.zeros((slots, BUCKETS, COLUMNS), "i8"),
        np.zeros((slots, BUCKETS, width), "i4"),
        np.zeros((slots, RING), ENTRY),
        np.zeros((slots, KNOWN_FIRST + 1 + width), "i8"),
        np.zeros((slots, width), "i8"),
        np.zeros((slots, plain(alarm_length)(width)), "i8"),
        np.zeros((slots, plain(change_length)(width)), "i8"),
        np.zeros((slots, INFORMATION_SUMS), "i8"),
        np.zeros((slots, PARTNERS), PARTNER),
        np.zeros((slots, TOTALS), "i8"),
        np.zeros((slots, MEETINGS), "i8"),
        np.zeros((slots, 1 + width), "u2"),
        np.zeros(slots, "u1"),
        np.zeros(slots, "u1"),
    )


def clear_slot(raters: Raters, slot: int) -> None:
    """Empties a row before another rater takes it."""
    for column in raters:
        column[slot] = np.zeros((), column.dtype)
    name_slots(raters, slice(slot, slot + 1))


def name_slots(raters: Raters, slots: slice) -> None:
    """What sets rows fit for use apart from zeros: no bucket has begun, and every ring entry has its name."""
    raters.starts[slots] = _NEVER
    raters.ring["name"][slots] = _NAMES
