"""Lines over time, alone or stacked, with the bounds of the thresholds."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stream.preview.answers import Answered
from stream.preview.asking import Span
from stream.preview.numbers import ticks_of, written
from stream.preview.page.frame import Frame, grid
from stream.report.page.markup import Content, Markup, element

COLOURS = 10  # series1 to series10 in the style sheet
_LEGEND_MAX, _LEGEND_ROWS = 12, 3
_LETTER_PX, _SWATCH_PX, _LEGEND_ROW_PX, _LEGEND_GAP_PX = 6.6, 34, 17, 8
_ROOM = 1.05  # above the highest value
_NOTHING = 1e-12  # a range below it is one value
_GAP = 3.0  # steps without a point break a line


class _Line(NamedTuple):
    name: str
    points: Sequence[tuple[float, float]]
    floor: Sequence[tuple[float, float]]  # what it stands on when stacked


def lines(answered: Answered, span: Span, width: int, height: int) -> Content:
    """The drawing and its legend."""
    look = answered.panel.field_config.defaults
    is_stacked = look.custom.get("stacking", {}).get("mode") == "normal"
    drawn = _stacked(_alone(answered)) if is_stacked else _alone(answered)
    height -= _legend_px(drawn, width)
    low, high = _range(answered, drawn)
    frame = Frame(width, height, span, low, high)
    marks = [(value, written(value, look.unit)) for value in ticks_of(look.unit, low, high, max(2, height // 42))]
    drawing = element(
        "svg",
        list(grid(frame, marks)),
        list(_bounds(answered, frame)),
        [list(_mark(line, at, frame, is_filled=is_stacked)) for at, line in enumerate(drawn)],
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=answered.panel.title,
    )
    return [drawing, _legend(drawn)]


def _alone(answered: Answered) -> list[_Line]:
    return [
        _Line(answer.name(series) or answered.panel.title, series.points, ())
        for answer in answered.answers
        for series in answer.series
        if any(not math.isnan(value) for _, value in series.points)
    ]


def _stacked(alone: Sequence[_Line]) -> list[_Line]:
    below: dict[float, float] = {}
    stacked = []
    for line in alone:
        floor = [(at, below.get(at, 0.0)) for at, _ in line.points]
        top = [(at, below.get(at, 0.0) + (0.0 if math.isnan(value) else value)) for at, value in line.points]
        below.update(top)
        stacked.append(_Line(line.name, top, floor))
    return stacked


def _range(answered: Answered, drawn: Sequence[_Line]) -> tuple[float, float]:
    """Of what is drawn, never cut by the panel's own bounds, with the nearest threshold in sight."""
    look = answered.panel.field_config.defaults
    values = [value for line in drawn for _, value in line.points if not math.isnan(value)] or [0.0, 1.0]
    low, high = min(values), max(values)
    for step in look.thresholds.steps:
        if step.value is not None and low * 0.5 <= step.value <= max(high, 1e-9) * 2:
            low, high = min(low, step.value), max(high, step.value)
    low = min(low, look.min) if look.min is not None else low
    high = high * _ROOM if look.max is None or high > look.max else min(high * _ROOM, look.max)
    if high - low < _NOTHING:
        low, high = (0.0, high * _ROOM) if high > 0 else (low, low + 1.0)
    return low, high


def _bounds(answered: Answered, frame: Frame) -> Iterator[Markup]:
    look = answered.panel.field_config.defaults
    if look.custom.get("thresholdsStyle", {}).get("mode", "off") == "off":
        return
    for step in look.thresholds.steps:
        if step.value is not None and frame.low <= step.value <= frame.high:
            y = frame.y(step.value)
            title = element("title", f"from {written(step.value, look.unit)}")
            ends = {"x1": frame.x(frame.span.start_s), "x2": frame.x(frame.span.end_s), "y1": y, "y2": y}
            yield element("line", title, class_=f"bound {step.color}", **ends)


def _mark(line: _Line, at: int, frame: Frame, *, is_filled: bool) -> Iterator[Markup]:
    number = at % COLOURS + 1
    if is_filled:
        there = [f"{frame.x(moment)},{frame.y(value)}" for moment, value in line.points]
        back = [f"{frame.x(moment)},{frame.y(value)}" for moment, value in reversed(line.floor)]
        yield element("polygon", class_=f"area series{number}", points=" ".join([*there, *back]))
    for part in _parts(line.points, frame.span.step_s):
        points = " ".join(f"{frame.x(moment)},{frame.y(value)}" for moment, value in part)
        if len(part) == 1:
            [(moment, value)] = part
            yield element("circle", class_=f"point series{number}", cx=frame.x(moment), cy=frame.y(value), r=2)
        else:
            yield element("polyline", element("title", line.name), class_=f"line series{number}", points=points)


def _parts(points: Sequence[tuple[float, float]], step_s: float) -> Iterator[list[tuple[float, float]]]:
    """Unbroken runs: where nothing was known the line pauses."""
    part: list[tuple[float, float]] = []
    for moment, value in points:
        if math.isnan(value) or (part and moment - part[-1][0] > _GAP * step_s):
            if part:
                yield part
            part = []
        if not math.isnan(value):
            part.append((moment, value))
    if part:
        yield part


def _legend_px(drawn: Sequence[_Line], width: int) -> int:
    """About how tall the legend is: as many rows as its names need."""
    needed = sum(_LETTER_PX * len(line.name) + _SWATCH_PX for line in drawn[:_LEGEND_MAX])
    return _LEGEND_ROW_PX * min(math.ceil(needed / (width - _SWATCH_PX)), _LEGEND_ROWS) + _LEGEND_GAP_PX


def _legend(drawn: Sequence[_Line]) -> Markup:
    named = [
        element("li", element("span", class_=f"swatch series{at % COLOURS + 1}"), line.name)
        for at, line in enumerate(drawn[:_LEGEND_MAX])
    ]
    more = len(drawn) - _LEGEND_MAX
    return element("ul", named, element("li", f"and {more} more") if more > 0 else None, class_="legend")
