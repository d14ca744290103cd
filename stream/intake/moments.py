"""Points in time on the wire: milliseconds since the epoch, or RFC 3339 with an offset."""

import re
from datetime import UTC, datetime, timedelta

from stream.events import MOMENT_MAX_MS
from stream.intake.reasons import Reason

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: int | str) -> int | Reason:
    """Milliseconds since the epoch, rounded down; a time without offset is refused, for nobody knows what it means."""
    if isinstance(moment, int):
        return moment if 0 <= moment <= MOMENT_MAX_MS else Reason.OUT_OF_BOUNDS
    if not _RFC_3339.fullmatch(moment):
        return Reason.WRONG_TYPE
    try:
        instant = datetime.fromisoformat(moment.upper())
        elapsed_ms = (instant - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return Reason.OUT_OF_BOUNDS
    return elapsed_ms if 0 <= elapsed_ms <= MOMENT_MAX_MS else Reason.OUT_OF_BOUNDS
