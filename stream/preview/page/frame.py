"""The frame of a plot over time: the place of a point, and the grid with its ticks."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stream.preview.asking import Span
from stream.report.page.markup import Markup, element

LEFT, RIGHT, TOP, BOTTOM = 56, 10, 8, 22
_TICK_HALF = 16  # half of a tick's text
_MINUTE_S, _DAY_S = 60, 86_400
_STEPS_S = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)


class Frame(NamedTuple):
    """A drawing of so many units, a span of time across and a range of values up."""

    width: int
    height: int
    span: Span
    low: float
    high: float

    def x(self, moment_s: float) -> float:
        """The place of a moment."""
        part = (moment_s - self.span.start_s) / max(self.span.end_s - self.span.start_s, 1e-9)
        return round(LEFT + part * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """The place of a value; beyond the range it lies on the edge."""
        part = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(self.height - BOTTOM - min(max(part, 0.0), 1.0) * (self.height - TOP - BOTTOM), 1)


def grid(frame: Frame, values: Sequence[tuple[float, str]]) -> Iterator[Markup]:
    """Lines and ticks; `values` are those of the upward axis with their texts."""
    right, bottom = frame.width - RIGHT, frame.height - BOTTOM
    for value, text in values:
        y = frame.y(value)
        yield element("line", class_="grid", x1=LEFT, x2=right, y1=y, y2=y)
        yield element("text", text, class_="tick", x=LEFT - 6, y=y + 4, text_anchor="end")
    for moment_s, text in moments(frame.span, max(2, (right - LEFT) // 90)):
        x = frame.x(moment_s)
        yield element("line", class_="grid", x1=x, x2=x, y1=TOP, y2=bottom)
        anchor = "end" if x > right - _TICK_HALF else "middle"
        yield element("text", text, class_="tick", x=x, y=bottom + 15, text_anchor=anchor)


def moments(span: Span, count: int) -> list[tuple[float, str]]:
    """Round moments of the local day with their texts, at most `count` of them."""
    length_s = span.end_s - span.start_s
    step_s = next((step for step in _STEPS_S if length_s / step <= count), _STEPS_S[-1])
    form = "%d %b" if step_s >= _DAY_S else "%H:%M" if step_s >= _MINUTE_S else "%H:%M:%S"
    first = int(-(-span.start_s // step_s))
    last = int(span.end_s // step_s)
    return [(at * step_s, time.strftime(form, time.localtime(at * step_s))) for at in range(first, last + 1)]
