"""The number of now, with its line over time below it."""

import math
from collections.abc import Mapping, Sequence

from stream.preview.answers import Answered
from stream.preview.asking import Span
from stream.preview.boards import Look
from stream.preview.numbers import UNKNOWN, colour_at, written
from stream.report.page.markup import Content, Markup, element

_LONG = 8  # letters that fit in large type
_WIDTH, _HEIGHT = 200, 40  # of the line, stretched to the panel


def stat(answered: Answered, span: Span) -> Content:
    """A number a series; with several each is named."""
    look = answered.panel.field_config.defaults
    found = [
        (answer.name(series), [(at, value) for at, value in series.points if not math.isnan(value)])
        for answer in answered.answers
        for series in answer.series
    ]
    found = [(name, points) for name, points in found if points]
    if not found:
        return element("div", UNKNOWN, class_="value text")
    draws_line = answered.panel.options.get("graphMode") != "none"
    return element(
        "div",
        [_number(name if len(found) > 1 else "", points, look, span, draws_line=draws_line) for name, points in found],
        class_="numbers",
    )


def _number(name: str, points: Sequence[tuple[float, float]], look: Look, span: Span, *, draws_line: bool) -> Markup:
    value = points[-1][1]
    text, colour = _words(look.mappings, value) or (
        written(value, look.unit, look.decimals),
        colour_at(look.thresholds.steps, value),
    )
    size = "small" if len(text) > _LONG or name else ""
    return element(
        "div",
        element("div", name, class_="name") if name else None,
        element("div", text, class_=f"value {size} {colour}"),
        _spark(points, span, colour) if draws_line and not name else None,
        class_="figure",
    )


def _spark(points: Sequence[tuple[float, float]], span: Span, colour: str) -> Markup | None:
    if len(points) < 2:  # noqa: PLR2004 (one point is no line)
        return None
    low, high = min(value for _, value in points), max(value for _, value in points)
    length_s = span.end_s - span.start_s

    def place(moment: float, value: float) -> str:
        up = (value - low) / (high - low) if high > low else 0.5
        return f"{_WIDTH * (moment - span.start_s) / length_s:.1f},{_HEIGHT - 2 - up * (_HEIGHT - 6):.1f}"

    line = " ".join(place(moment, value) for moment, value in points)
    first, last = place(points[0][0], low).split(",")[0], place(points[-1][0], low).split(",")[0]
    return element(
        "svg",
        element("polygon", class_=f"under {colour}", points=f"{first},{_HEIGHT} {line} {last},{_HEIGHT}"),
        element("polyline", class_=f"spark {colour}", points=line),
        class_="spark",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _words(mappings: Sequence[Mapping[str, object]], value: float) -> tuple[str, str] | None:
    for mapping in mappings:
        options = mapping.get("options")
        if isinstance(options, dict) and (found := options.get(f"{value:g}")):
            return found["text"], found.get("color", "text")
    return None
