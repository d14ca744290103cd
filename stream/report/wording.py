"""How numbers are written on the page and at the terminal: unknown is a dash, never a zero."""

from datetime import UTC, datetime

from stream.quality.measures import Interval

UNKNOWN = "–"
_FEW_PERCENT, _NOTHING = 0.0995, 0.0005  # between them a whole percent is too coarse
_HUNDRED = 100  # from here on digits after the point say nothing


def percent(value: float | None) -> str:
    """A share of 1 as whole percent, with one decimal below 10 %."""
    if value is None:
        return UNKNOWN
    return f"{100 * value:.1f} %" if _NOTHING <= value < _FEW_PERCENT else f"{100 * value:.0f} %"


def percent_interval(found: Interval | None) -> str:
    """A share with its interval."""
    if found is None:
        return UNKNOWN
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def plain(value: float | None) -> str:
    """A number to three digits that matter; a whole one with its thousands apart."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= _HUNDRED or float(value).is_integer() else f"{value:.3g}"


def counted(n: int, one: str, many: str = "") -> str:
    """`1 rater`, `2 raters`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def day(at_ms: int) -> str:
    """A moment as a day and minute, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def pattern(detector: str) -> str:
    """A detector's name as words."""
    return detector.replace("_", " ")
