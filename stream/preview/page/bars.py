"""A bar for each series of now."""

import math

from stream.preview.answers import Answered
from stream.preview.numbers import colour_at, written
from stream.report.page.markup import Content, Markup, element


def bars(answered: Answered) -> Content:
    """In the order of the answer. Bars of negative numbers grow to the left of a middle."""
    look = answered.panel.field_config.defaults
    found = [
        (answer.name(series), series.points[-1][1])
        for answer in answered.answers
        for series in answer.series
        if not math.isnan(series.points[-1][1])
    ]
    longest = max((abs(value) for _, value in found), default=1.0) or 1.0
    longest = max(longest, look.max) if look.max is not None else longest
    both = any(value < 0 for _, value in found)
    fixed = look.thresholds.steps and len(look.thresholds.steps) > 1
    rows = [
        element(
            "li",
            element("span", name, class_="name"),
            _bar(value, longest, colour_at(look.thresholds.steps, value) if fixed else "blue", both=both),
            element("span", written(value, look.unit, look.decimals), class_="amount"),
        )
        for name, value in found
    ]
    return element("ol", rows, class_="bars")


def _bar(value: float, longest: float, colour: str, *, both: bool) -> Markup:
    part = 100 * abs(value) / longest
    if not both:
        return element("span", element("i", class_=colour, style=f"width:{part:.1f}%"), class_="bar")
    left = 50 - part / 2 if value < 0 else 50
    return element(
        "span", element("i", class_=colour, style=f"width:{part / 2:.1f}%;margin-left:{left:.1f}%"), class_="bar"
    )
