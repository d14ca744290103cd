"""Contract periods by name: 2026-W07, 2026-03, 2026-Q1. Days are UTC's, as the counts are."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from alerts.escalation.errors import NotThere

_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_DAY_MS = 86_400_000
_MONTHS_A_QUARTER = 3


class Period(NamedTuple):
    """`first` up to, not including, `until`."""

    name: str
    first: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.first).days

    @property
    def begin_ms(self) -> int:
        return _ms(self.first)

    @property
    def end_ms(self) -> int:
        return _ms(self.until)


def period_named(name: str) -> Period:
    """The period; raises NotThere for a name that is none.

    >>> period_named("2026-Q1").until
    datetime.date(2026, 4, 1)
    """
    try:
        if found := _WEEK.fullmatch(name):
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Period(name, first, first + timedelta(days=7))
        if found := _MONTH.fullmatch(name):
            return _months(name, int(found[1]), int(found[2]), 1)
        if found := _QUARTER.fullmatch(name):
            begin = (int(found[2]) - 1) * _MONTHS_A_QUARTER + 1
            return _months(name, int(found[1]), begin, _MONTHS_A_QUARTER)
    except (ValueError, OverflowError):
        pass  # a month 13, a week 60: as little a period as any other word
    raise NotThere(f"{name[:20]!r} is no period; write 2026-03, 2026-Q1 or 2026-W07")


def latest_over(kind: str, now_ms: int) -> Period:
    """The latest week, month or quarter that is over."""
    today = datetime.fromtimestamp(now_ms / 1_000, UTC).date()
    if kind == "week":
        year, week, _ = (today - timedelta(days=7)).isocalendar()
        return period_named(f"{year}-W{week:02}")
    last = today.replace(day=1) - timedelta(days=1)
    if kind == "month":
        return period_named(f"{last:%Y-%m}")
    quarter = (today.month - 1) // _MONTHS_A_QUARTER  # the one before, counted from 1
    return period_named(f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4")


def _months(name: str, year: int, month: int, count: int) -> Period:
    after = month - 1 + count
    return Period(name, date(year, month, 1), date(year + after // 12, after % 12 + 1, 1))


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000
