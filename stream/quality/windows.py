"""Rolling windows as views over stored buckets: 12 of five minutes, 24 of an hour, 7 of a day, and the lifetime.

A change lands in the bucket of the judgment it corrects, by that judgment's submitted_at, however late it comes; a
bucket that has rolled over is gone and only the lifetime still takes it. So a bucket's content is the sum of its
changes in whatever order they came. Buckets are whole periods (days in UTC): "1 h" is the running five minutes and the
eleven before.
"""

from enum import IntEnum

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.rater_rows import Raters
from stream.quality.schema import COLUMNS, DAY_MS, DAYS, FIVE_MINUTES_MS, FIVES, HOUR_MS, HOURS


class Window(IntEnum):
    """The windows every measure is kept for."""

    LAST_50 = 0
    HOUR = 1
    DAY = 2
    WEEK = 3
    LIFETIME = 4


WINDOW_NAMES = {
    Window.LAST_50: "last50",
    Window.HOUR: "1h",
    Window.DAY: "24h",
    Window.WEEK: "7d",
    Window.LIFETIME: "lifetime",
}
_HOUR, _DAY, _LIFETIME = int(Window.HOUR), int(Window.DAY), int(Window.LIFETIME)


@compiled
def add_change(
    raters: Raters, slot: int, at_ms: int, change: np.ndarray, columns: np.ndarray, label_mask: int, sign: int
) -> None:
    """Adds int64[COLUMNS] to the lifetime and to the three buckets of that moment; counts the masked labels.

    `columns` are those of `change` that are not zero: most are, and memory not touched is time saved.
    """
    for c in columns:
        raters.life[slot, c] += change[c]
    width = raters.mix.shape[1]
    if sign:
        for k in range(width):
            if (label_mask >> k) & 1:
                raters.mix[slot, k] += sign
    for tier in range(3):
        size = FIVE_MINUTES_MS if tier == 0 else (HOUR_MS if tier == 1 else DAY_MS)
        period = at_ms // size
        bucket = (
            period % FIVES if tier == 0 else (FIVES + period % HOURS if tier == 1 else FIVES + HOURS + period % DAYS)
        )
        if raters.starts[slot, bucket] > period:
            continue
        if raters.starts[slot, bucket] < period:
            raters.starts[slot, bucket] = period
            raters.buckets[slot, bucket] = 0
            raters.bucket_mix[slot, bucket] = 0
        for c in columns:
            raters.buckets[slot, bucket, c] += change[c]
        if sign:
            for k in range(width):
                if (label_mask >> k) & 1:
                    raters.bucket_mix[slot, bucket, k] += sign
    raters.dirty[slot] = 1


@compiled
def _add(sums: np.ndarray, change: np.ndarray) -> None:
    for c in range(COLUMNS):
        sums[c] += change[c]


@compiled
def window_sums(raters: Raters, slot: int, window: int, now_ms: int, sums: np.ndarray, mix: np.ndarray) -> None:
    """Writes int64[COLUMNS] and the label counts int64[width] of a window of buckets, or of the lifetime."""
    if window == _LIFETIME:
        sums[:] = raters.life[slot]
        mix[:] = raters.mix[slot]
        return
    sums[:] = 0
    mix[:] = 0
    first = 0 if window == _HOUR else (FIVES if window == _DAY else FIVES + HOURS)
    count = FIVES if window == _HOUR else (HOURS if window == _DAY else DAYS)
    size = FIVE_MINUTES_MS if window == _HOUR else (HOUR_MS if window == _DAY else DAY_MS)
    now = now_ms // size
    for b in range(first, first + count):
        if raters.starts[slot, b] >= 0 and now - count < raters.starts[slot, b] <= now:
            _add(sums, raters.buckets[slot, b])
            for k in range(len(mix)):
                mix[k] += raters.bucket_mix[slot, b, k]
