from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.events import MOMENT_MAX_MS
from stream.intake.moments import to_ms
from stream.intake.reasons import Reason


@pytest.mark.parametrize(
    ("moment", "ms"),
    [
        (0, 0),
        (MOMENT_MAX_MS, MOMENT_MAX_MS),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01 00:00:00+00:00", 0),
        ("2024-05-01T12:00:00.123456789Z", 1_714_564_800_123),
        ("2024-05-01T12:00:00.9999Z", 1_714_564_800_999),
        ("2024-05-01T12:00:00-05:30", 1_714_584_600_000),
    ],
)
def test_a_time_is_read(moment: int | str, ms: int) -> None:
    assert to_ms(moment) == ms


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (-1, Reason.OUT_OF_BOUNDS),
        (MOMENT_MAX_MS + 1, Reason.OUT_OF_BOUNDS),
        ("", Reason.WRONG_TYPE),
        ("1714564800000", Reason.WRONG_TYPE),
        ("2024-05-01", Reason.WRONG_TYPE),
        ("2024-05-01T12:00:00", Reason.WRONG_TYPE),
        ("2024-05-01T12:00Z", Reason.WRONG_TYPE),
        ("٢٠٢٤-05-01T12:00:00Z", Reason.WRONG_TYPE),
        ("2024-05-01T12:00:00Z ", Reason.WRONG_TYPE),
        ("2024-13-01T12:00:00Z", Reason.OUT_OF_BOUNDS),
        ("2024-05-01T25:00:00Z", Reason.OUT_OF_BOUNDS),
        ("2024-05-01T12:00:00+24:00", Reason.OUT_OF_BOUNDS),
        ("0001-01-01T00:00:00+14:00", Reason.OUT_OF_BOUNDS),
        ("9999-12-31T23:59:59-14:00", Reason.OUT_OF_BOUNDS),
    ],
)
def test_what_is_no_time_has_a_reason(moment: int | str, reason: Reason) -> None:
    assert to_ms(moment) is reason


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 - the zone is drawn below
    st.integers(-14 * 60, 14 * 60),
)
def test_an_offset_is_taken_into_account_exactly(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert to_ms(moment.isoformat()) == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
