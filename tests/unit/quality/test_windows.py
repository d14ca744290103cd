import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.rater_rows import make_raters
from stream.quality.schema import COLUMNS, DAY_MS, FIVE_MINUTES_MS, HOUR_MS, Column
from stream.quality.windows import Window, add_change, window_sums

START_MS = 1_700_006_400_000  # 2023-11-15T00:00Z: a boundary of all three periods
SPANS = {Window.HOUR: (FIVE_MINUTES_MS, 12), Window.DAY: (HOUR_MS, 24), Window.WEEK: (DAY_MS, 7)}


class Row:
    """One rater's windows, one judgment added at a time."""

    def __init__(self) -> None:
        self.raters = make_raters(1, 4)

    def add(self, at_ms: int, sign: int = 1, label: int = 1) -> None:
        change = np.zeros(COLUMNS, "i8")
        change[Column.JUDGMENTS] = sign
        plain(add_change)(self.raters, 0, at_ms, change, np.flatnonzero(change), 1 << label, sign)

    def count(self, window: Window, now_ms: int) -> tuple[int, list[int]]:
        sums, mix = np.zeros(COLUMNS, "i8"), np.zeros(4, "i8")
        plain(window_sums)(self.raters, 0, int(window), now_ms, sums, mix)
        return int(sums[Column.JUDGMENTS]), mix.tolist()


moments = st.integers(-9 * DAY_MS, 0) | st.sampled_from(
    [
        -n * size + d
        for size in (FIVE_MINUTES_MS, HOUR_MS, DAY_MS)
        for n in (0, 1, 6, 7, 12, 24)
        for d in (-1, 0, 1)
        if n or d < 1
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(moments, st.sampled_from([1, 1, -1])), max_size=30), st.sampled_from([0, 1, 299_999, 86_399_999])
)
def test_a_window_is_the_sum_over_its_periods_whatever_the_order(changes: list[tuple[int, int]], later: int) -> None:
    row = Row()
    for at, sign in changes:
        row.add(START_MS + at, sign)
    now = START_MS + later
    for window, (size, count) in SPANS.items():
        inside = [sign for at, sign in changes if now // size - count < (START_MS + at) // size]
        assert row.count(window, now) == (sum(inside), [0, sum(inside), 0, 0])
    assert row.count(Window.LIFETIME, now)[0] == sum(sign for _, sign in changes)


@pytest.mark.parametrize(("window", "size", "count"), [(window, *span) for window, span in SPANS.items()])
def test_a_judgment_leaves_a_window_when_its_period_does(window: Window, size: int, count: int) -> None:
    row = Row()
    row.add(START_MS)
    last = START_MS + count * size - 1
    assert row.count(window, START_MS)[0] == 1
    assert row.count(window, last)[0] == 1
    assert row.count(window, last + 1)[0] == 0
    assert row.count(window, START_MS - 1)[0] == 0, "it is not seen from before it was given"


def test_a_correction_for_a_period_that_rolled_over_reaches_the_lifetime_only() -> None:
    row = Row()
    row.add(START_MS)
    row.add(START_MS + 12 * FIVE_MINUTES_MS)  # takes the place of the first bucket
    row.add(START_MS, sign=-1)
    assert row.count(Window.HOUR, START_MS + 12 * FIVE_MINUTES_MS)[0] == 1
    assert row.count(Window.DAY, START_MS + 12 * FIVE_MINUTES_MS)[0] == 1
    assert row.count(Window.LIFETIME, 0)[0] == 1
