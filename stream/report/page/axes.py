"""The frame of a plot: scales, ticks, grid and titles, as SVG."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from stream.report.page.markup import Content, Markup, element

WIDTH, HEIGHT = 720, 360  # of the drawing, in its own units: it scales with the page
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 16, 52
_STEPS = (1, 2, 5)
_WIDE = 2_000  # a range above this has room for whole decades only


class Axis(NamedTuple):
    """A range of values, straight or logarithmic, with the ticks to draw."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]  # value and its text
    is_log: bool = False

    def part(self, value: float) -> float:
        """Where the value lies, 0 to 1; values outside land on the edge."""
        low, high, at = (math.log(x) if self.is_log else x for x in (self.low, self.high, max(value, self._least)))
        return min(max((at - low) / (high - low), 0.0), 1.0)

    @property
    def _least(self) -> float:
        return self.low if self.is_log else -math.inf


class Frame(NamedTuple):
    """Two axes around a drawing."""

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The point's place in the drawing."""
        across = LEFT + self.x.part(x) * (WIDTH - LEFT - RIGHT)
        return round(across, 1), round(HEIGHT - BOTTOM - self.y.part(y) * (HEIGHT - TOP - BOTTOM), 1)


def plot(frame: Frame, description: str, *marks: Content) -> Markup:
    """The drawing with its axes; `description` is what someone hears who does not see it."""
    return element(
        "svg",
        list(_grid(frame)),
        marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=description,
    )


def share_axis(title: str) -> Axis:
    """0 to 1 in percent."""
    return Axis(title, 0.0, 1.0, [(n / 5, f"{20 * n} %") for n in range(6)])


def log_axis(title: str, values: Iterable[float]) -> Axis:
    """From the smallest to the largest of the (positive) values, widened to a 1, 2 or 5 with zeros."""
    found = list(values) or [1.0]
    low, high = _rounded(min(found), down=True), _rounded(max(found), down=False)
    if low == high:
        high = _rounded(low * 1.5, down=False)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = _STEPS if high / low < _WIDE else _STEPS[:1]
    ticks = [step * 10.0**exponent for exponent in exponents for step in steps]
    return Axis(title, low, high, [(tick, f"{tick:g}") for tick in ticks if low <= tick <= high * 1.0001], is_log=True)


def _rounded(value: float, *, down: bool) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    steps = [decade * step for step in (*_STEPS, 10)]
    if down:
        return max(step for step in steps if step <= value * 1.0001)
    return min(step for step in steps if step >= value * 0.9999)


def _grid(frame: Frame) -> Iterable[Markup]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value, text in frame.x.ticks:
        x, _ = frame.at(value, frame.y.low)
        yield element("line", class_="grid", x1=x, x2=x, y1=TOP, y2=bottom)
        yield element("text", text, class_="tick", x=x, y=bottom + 18, text_anchor="middle")
    for value, text in frame.y.ticks:
        _, y = frame.at(frame.x.low, value)
        yield element("line", class_="grid", x1=LEFT, x2=right, y1=y, y2=y)
        yield element("text", text, class_="tick", x=LEFT - 8, y=y + 4, text_anchor="end")
    yield element("text", frame.x.title, class_="title", x=(LEFT + right) / 2, y=HEIGHT - 10, text_anchor="middle")
    yield element(
        "text",
        frame.y.title,
        class_="title",
        text_anchor="middle",
        transform=f"translate(16 {(TOP + bottom) / 2}) rotate(-90)",
    )
