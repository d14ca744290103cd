"""How long a rater worked and when the last break was, out of the buckets that the stream keeps of time on items.

A bucket holds the time of the answers that were *submitted* in it. An answer that took longer than its bucket is long
was begun in the ones before, so what does not fit into a bucket is counted there.
"""

from collections.abc import Sequence

import numpy as np

from alerts.escalation.numbers.port import OwnRest
from stream.commands.reading import RaterRow
from stream.quality.columns import EXPOSURE_NONE_MS, JUDGMENTS
from stream.quality.schema import FIVE_MINUTES_MS, FIVES, HOUR_MS, HOURS

_EXPOSURE = slice(EXPOSURE_NONE_MS, EXPOSURE_NONE_MS + 3)  # none, sensitive, severe
_MINUTE_MS = 60_000
_NO_ROOM_MS = 50 * _MINUTE_MS  # of an hour: ten minutes are left


def own_rest(rows: Sequence[RaterRow], now_ms: int) -> OwnRest | None:
    """Over all rows of one rater; None when answers came in without how long they took."""
    fives = _by_period(rows, 0, FIVES, FIVE_MINUTES_MS, now_ms)
    hours = _by_period(rows, FIVES, HOURS, HOUR_MS, now_ms)
    if not hours.any() and _judged(rows, now_ms):
        return None
    return OwnRest(
        active_minutes_24h=round(int(hours.sum()) / _MINUTE_MS),
        minutes_without_break=_minutes_without_break(fives),
        hours_without_room=_longest_run(hours >= _NO_ROOM_MS),
    )


def _minutes_without_break(fives: np.ndarray) -> int:
    # The running five minutes may have no answer yet.
    working = fives[:-1] if fives[-1] == 0 else fives
    periods = 0
    for active_ms in working[::-1]:
        if active_ms == 0:
            break
        periods += 1
    return min(FIVES, periods + (len(working) < FIVES and periods > 0)) * (FIVE_MINUTES_MS // _MINUTE_MS)


def _longest_run(full: np.ndarray) -> int:
    longest = run = 0
    for one in full:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return longest


def _by_period(rows: Sequence[RaterRow], first: int, count: int, size_ms: int, now_ms: int) -> np.ndarray:
    """int64[count] of active milliseconds, the oldest period first, the running one last."""
    active = np.zeros(count, "i8")
    latest = now_ms // size_ms
    for back in range(count):
        bucket = first + (latest - back) % count
        for row in rows:
            if row.table.rows.starts[row.slot, bucket] == latest - back:
                active[count - 1 - back] += row.table.rows.buckets[row.slot, bucket, _EXPOSURE].sum()
    for at in range(count - 1, 0, -1):
        over = max(0, int(active[at]) - size_ms)
        active[at] -= over
        active[at - 1] += over
    active[0] = min(int(active[0]), size_ms)
    return active


def _judged(rows: Sequence[RaterRow], now_ms: int) -> bool:
    latest = now_ms // HOUR_MS
    return any(
        row.table.rows.starts[row.slot, bucket] > latest - HOURS and row.table.rows.buckets[row.slot, bucket, JUDGMENTS]
        for row in rows
        for bucket in range(FIVES, FIVES + HOURS)
    )
