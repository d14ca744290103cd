"""How numbers look on a terminal: unknown is a dash, never a zero."""

from datetime import UTC, datetime

from stream.quality.measures import Interval

UNKNOWN = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def percent(share: float | None) -> str:
    """A share of 0 to 1.

    >>> percent(0.8149), percent(None)
    ('81 %', '–')
    """
    return UNKNOWN if share is None else f"{100 * share:.0f} %"


def percent_interval(interval: Interval | None) -> str:
    """A share with its interval.

    >>> percent_interval(Interval(0.81, 0.684, 0.9, 50))
    '81 % (68–90)'
    """
    if interval is None:
        return UNKNOWN
    return f"{100 * interval.value:.0f} % ({100 * interval.low:.0f}–{100 * interval.high:.0f})"


def ratio_interval(interval: Interval | None) -> str:
    """A number around 0 to 1 with its interval.

    >>> ratio_interval(Interval(0.62, 0.405, 0.8, 50))
    '0.62 (0.41…0.80)'
    """
    return UNKNOWN if interval is None else f"{interval.value:.2f} ({interval.low:.2f}…{interval.high:.2f})"


def duration(milliseconds: float | None) -> str:
    """A time on an item.

    >>> duration(8240), duration(94_000)
    ('8.2 s', '94 s')
    """
    if milliseconds is None:
        return UNKNOWN
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < _MINUTE else f"{seconds:.0f} s"


def moment(milliseconds: int) -> str:
    """A point in time, UTC.

    >>> moment(1_767_571_200_000)
    '2026-01-05 00:00'
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def ago(milliseconds: int, now_ms: int) -> str:
    """How long ago, roughly.

    >>> ago(0, 90_000), ago(0, 7_200_000), ago(0, 3 * 86_400_000), ago(10_000, 0)
    ('90 s', '2 h', '3 d', 'ahead')
    """
    seconds = (now_ms - milliseconds) / 1000
    if seconds < 0:
        return "ahead"
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.0f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} d"
