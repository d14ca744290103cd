from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.escalation.cases.calendar import Span, after_business_days, after_days, is_working
from alerts.escalation.cases.contract import WEEKDAYS, Calendar

BERLIN = Calendar(
    time_zone="Europe/Berlin", begin="09:00", until="17:00", holidays=(date(2026, 4, 3), date(2026, 4, 6))
)
HOUR_MS = 3_600_000


def at(text: str, zone: str = "Europe/Berlin") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02T10:00", 1, "2026-03-03T10:00"),  # within a week
        ("2026-03-06T15:00", 1, "2026-03-09T15:00"),  # over a weekend
        ("2026-03-07T12:00", 1, "2026-03-09T17:00"),  # from a Saturday: Monday, all of it
        ("2026-03-02T20:00", 1, "2026-03-03T17:00"),  # after hours
        ("2026-03-02T04:00", 0, "2026-03-02T09:00"),  # at once, when they open
        ("2026-04-02T13:00", 1, "2026-04-07T13:00"),  # Good Friday and Easter Monday are no days
        ("2026-03-27T16:00", 1, "2026-03-30T16:00"),  # clocks went forward on the Sunday
        ("2026-10-23T16:00", 5, "2026-10-30T16:00"),  # and back
    ],
)
def test_business_days_are_counted_in_the_contracts_hours(start: str, days: int, due: str) -> None:
    assert after_business_days(BERLIN, at(start), days) == at(due)


def test_a_working_day_that_the_clock_change_shortens_is_a_day_like_any_other() -> None:
    nights = Calendar(time_zone="Europe/Berlin", days=WEEKDAYS, begin="00:00", until="06:00")
    # On 29 March 2 o'clock does not exist: that day has 5 hours, and half of it is over after 2.5.
    assert after_business_days(nights, at("2026-03-28T03:00"), 1) == at("2026-03-29T00:00") + round(2.5 * HOUR_MS)
    assert after_business_days(nights, at("2026-03-29T00:00"), 1) == at("2026-03-29T06:00")


def test_a_day_can_end_at_midnight() -> None:
    always = Calendar(days=WEEKDAYS, begin="00:00", until="24:00")
    assert after_business_days(always, 0, 3) == 3 * 24 * HOUR_MS


def test_the_clock_stands_still_while_nothing_can_be_delivered() -> None:
    night = Span(at("2026-03-02T19:00"), at("2026-03-03T07:00"))
    morning = Span(at("2026-03-03T09:00"), at("2026-03-03T12:00"))
    assert after_business_days(BERLIN, at("2026-03-02T10:00"), 1, [night]) == at("2026-03-03T10:00")
    assert after_business_days(BERLIN, at("2026-03-02T10:00"), 1, [morning]) == at("2026-03-03T13:00")
    overlapping = [morning, Span(at("2026-03-03T08:00"), at("2026-03-03T10:00"))]
    assert after_business_days(BERLIN, at("2026-03-02T10:00"), 1, overlapping) == at("2026-03-03T13:00")


def test_nobody_knows_the_deadline_while_a_pause_lasts() -> None:
    lasting = [Span(at("2026-03-03T09:30"), None)]
    assert after_business_days(BERLIN, at("2026-03-02T10:00"), 1, lasting) is None
    # It began after the deadline, so it changes nothing.
    late = [Span(at("2026-03-03T11:00"), None)]
    assert after_business_days(BERLIN, at("2026-03-02T10:00"), 1, late) == at("2026-03-03T10:00")


def test_calendar_days_keep_the_time_of_day_over_a_clock_change() -> None:
    assert after_days(BERLIN, at("2026-03-10T10:30"), 30) == at("2026-04-09T10:30")
    pause = Span(at("2026-03-20T00:00"), at("2026-03-21T06:00"))
    assert after_days(BERLIN, at("2026-03-10T10:30"), 30, [pause]) == at("2026-04-10T16:30")
    assert after_days(BERLIN, at("2026-03-10T10:30"), 30, [Span(at("2026-03-20T00:00"), None)]) is None


def test_a_calendar_of_nothing_but_holidays_has_no_deadline() -> None:
    never = Calendar(days=("monday",), holidays=tuple(date.fromordinal(day) for day in range(735_000, 745_000)))
    assert after_business_days(never, at("2026-03-02T10:00"), 1) is None


@given(
    start=st.integers(0, 2_000_000_000_000),
    days=st.integers(0, 12),
    more=st.integers(0, 12),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]),
)
def test_days_add_up_and_end_in_working_hours(start: int, days: int, more: int, zone: str) -> None:
    calendar = Calendar(time_zone=zone)
    once = after_business_days(calendar, start, days)
    assert once is not None
    both = after_business_days(calendar, start, days + more)
    then = after_business_days(calendar, once, more)
    assert both is not None
    assert then is not None
    # 0 days from a closing time are the next opening; a whole day's end is the closing itself.
    assert abs(then - both) <= 1 or not is_working(calendar, both)
    assert is_working(calendar, max(once - 1, start)) or is_working(calendar, once)
