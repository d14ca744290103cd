import time

import click
import pytest

from stream.commands.moment_types import SINCE, UNTIL, SpanOrMoment

DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("kind", "sign", "span", "length_ms"),
    [
        (SINCE, -1, "30s", 30_000),
        (SINCE, -1, "6h", DAY_MS // 4),
        (SINCE, -1, "2d", 2 * DAY_MS),
        (UNTIL, 1, "12h", DAY_MS // 2),
        (UNTIL, 1, "2w", 14 * DAY_MS),
    ],
)
def test_a_span_lies_behind_or_ahead_of_now(kind: SpanOrMoment, sign: int, span: str, length_ms: int) -> None:
    before_ms = time.time_ns() // 1_000_000
    found = kind.convert(span, None, None)
    after_ms = time.time_ns() // 1_000_000
    assert before_ms <= found - sign * length_ms <= after_ms


def test_a_time_with_offset_is_taken_as_it_stands() -> None:
    assert SINCE.convert("2026-01-05T12:00:00+02:00", None, None) == 1_767_607_200_000
    assert UNTIL.convert("2100-01-05T12:00:00Z", None, None) == 4_102_833_600_000


@pytest.mark.parametrize("kind", [SINCE, UNTIL])
@pytest.mark.parametrize("text", ["0d", "soon", "7x", "2026-01-05T12:00:00", ""])
def test_anything_else_is_refused_with_what_to_say(kind: SpanOrMoment, text: str) -> None:
    with pytest.raises(click.UsageError, match="say a span such as"):
        kind.convert(text, None, None)


def test_an_end_that_has_passed_is_refused() -> None:
    with pytest.raises(click.UsageError, match="a time to come"):
        UNTIL.convert("2020-01-05T12:00:00Z", None, None)
