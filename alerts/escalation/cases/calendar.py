"""Business days: how far the working time of a calendar has gone on, and when it will have gone so far.

Each working day counts 1, however long it is, and counts up evenly from its first hour to its last. So noon
of a day from 8 to 16 is half a business day; a weekend, a holiday or a night is none; and a day with 23 or 25 hours is
one like any other, because its hours are looked up in its time zone. Exact: fractions, no floats.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import NamedTuple

from alerts.escalation.cases.contract import WEEKDAYS, Calendar

_FAR_DAYS = 3_700  # ten years: a calendar with nothing but holidays ends here


class Span(NamedTuple):
    """From `begin_ms` up to, not including, `end_ms`; None: it still lasts."""

    begin_ms: int
    end_ms: int | None


def after_business_days(calendar: Calendar, start_ms: int, days: int, pauses: Sequence[Span] = ()) -> int | None:
    """The moment at which `days` business days have passed since `start_ms`, pauses left out.

    None while a pause lasts that began before that moment: then nobody can say yet. 0 days are over with the first
    working moment.
    """
    left = Fraction(days)
    for opens_ms, closes_ms in _working_days(calendar, start_ms):
        length = closes_ms - opens_ms
        for begin_ms, end_ms in _outside(Span(max(opens_ms, start_ms), closes_ms), pauses):
            share = Fraction(end_ms - begin_ms, length)
            if share >= left:
                return begin_ms + round(left * length)
            left -= share
        if any(pause.end_ms is None and pause.begin_ms <= closes_ms for pause in pauses):
            return None
    return None


def after_days(calendar: Calendar, start_ms: int, days: int, pauses: Sequence[Span] = ()) -> int | None:
    """The same time of day `days` calendar days later, and later by as long as pauses lasted; None while one lasts."""
    start = datetime.fromtimestamp(start_ms / 1_000, calendar.zone)
    due_ms = start_ms % 1_000 + _ms(start.replace(microsecond=0, fold=0) + timedelta(days=days))
    for pause in sorted(pauses):
        begin_ms = max(pause.begin_ms, start_ms)
        if begin_ms > due_ms:
            break
        if pause.end_ms is None:
            return None
        due_ms += max(0, pause.end_ms - begin_ms)
    return due_ms


def is_working(calendar: Calendar, at_ms: int) -> bool:
    """Whether people work there at this moment."""
    opens_ms, closes_ms = next(_working_days(calendar, at_ms), (at_ms + 1, at_ms + 1))
    return opens_ms <= at_ms < closes_ms


def _working_days(calendar: Calendar, start_ms: int) -> Iterator[tuple[int, int]]:
    """(opens, closes) of each working day that has not closed by `start_ms`."""
    first = datetime.fromtimestamp(start_ms / 1_000, calendar.zone).date()
    for ahead in range(_FAR_DAYS):
        day = first + timedelta(days=ahead)
        if WEEKDAYS[day.weekday()] not in calendar.days or day in calendar.holidays:
            continue
        opens_ms, closes_ms = _moment(calendar, day, calendar.begin), _moment(calendar, day, calendar.until)
        if closes_ms > start_ms and closes_ms > opens_ms:
            yield opens_ms, closes_ms


def _outside(span: Span, pauses: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The parts of a closed span that no pause covers."""
    begin_ms, end_ms = span.begin_ms, span.end_ms or span.begin_ms
    for pause in sorted(pauses, key=lambda pause: pause.begin_ms):
        stops_ms = end_ms if pause.end_ms is None else pause.end_ms
        if stops_ms <= begin_ms or pause.begin_ms >= end_ms:
            continue
        if pause.begin_ms > begin_ms:
            yield begin_ms, pause.begin_ms
        begin_ms = max(begin_ms, stops_ms)
    if begin_ms < end_ms:
        yield begin_ms, end_ms


def _moment(calendar: Calendar, day: date, at: str) -> int:
    if at == "24:00":
        day, at = day + timedelta(days=1), "00:00"
    return _ms(datetime.combine(day, time.fromisoformat(at), calendar.zone))


def _ms(moment: datetime) -> int:
    # By way of UTC, because two datetimes of one zone are subtracted by their clocks, not by the time between them.
    return round(moment.astimezone(UTC).timestamp() * 1_000)
