"""Which day a moment belongs to, in a queue's time zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stream.facts.standing import Day

DAY_MS = 86_400_000
_QUARTER_MS = 900_000  # clocks change at whole quarters of an hour
_EPOCH = date(1970, 1, 1)


def days_in(zone: str, moments_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days since 1970 by the zone's calendar."""
    if zone == "UTC":
        return moments_ms // DAY_MS
    quarters, which = np.unique(moments_ms // _QUARTER_MS, return_inverse=True)
    offsets = np.array([_offset_ms(zone, quarter) for quarter in quarters.tolist()], np.int64)
    return (moments_ms + offsets[which]) // DAY_MS


def day_of(moment_ms: int) -> Day:
    """In UTC."""
    return moment_ms // DAY_MS


def as_date(day: Day) -> date:
    """For people and stores."""
    return _EPOCH + timedelta(days=day)


def as_day(found: date) -> Day:
    """The way back."""
    return (found - _EPOCH).days


@lru_cache(maxsize=65_536)
def _offset_ms(zone: str, quarter: int) -> int:
    offset = datetime.fromtimestamp(quarter * _QUARTER_MS / 1_000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return round(offset.total_seconds() * 1_000) if offset else 0
