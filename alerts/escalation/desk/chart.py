"""The measure of a case over time, beside what is usual: a drawing's places, worked out here, drawn by a template."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.tables import ReadingRow

HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 14, 30
WIDE, NARROW = 720, 340
_PAD = 0.15  # of the range, above and below
_LABEL_PX = 96  # what a day under the axis takes


class Tick(NamedTuple):
    """A mark on an axis: where, and its text."""

    at: float
    text: str


class Chart(NamedTuple):
    """All places in the drawing's own units."""

    width: int
    height: int
    line: str  # points of the measure
    band: str  # points around its interval; empty without one
    usual: str  # points of what is usual; empty when unknown
    dots: Sequence[tuple[float, float, float | None, float | None]]  # x, y, and the ends of its interval
    across: Sequence[Tick]
    up: Sequence[Tick]
    left: int
    right: float
    bottom: int


def chart(readings: Sequence[ReadingRow], tongue: Tongue, width: int) -> Chart | None:
    """The drawing; None when nothing was measured."""
    shown = [one for one in readings if one.measure is not None]
    if not shown:
        return None
    values = [value for one in shown for value in (one.measure, one.low, one.high, one.usual) if value is not None]
    low, high = min(values), max(values)
    pad = max((high - low) * _PAD, 0.02)
    low, high = (max(low - pad, 0.0) if low >= 0 else low - pad), (min(high + pad, 1.0) if high <= 1 else high + pad)
    first, last = shown[0].at_ms, shown[-1].at_ms

    def x(at_ms: int) -> float:
        part = (at_ms - first) / (last - first) if last > first else 0.5
        return round(LEFT + part * (width - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    uppers = [(x(one.at_ms), y(one.high)) for one in shown if one.high is not None and one.low is not None]
    lowers = [(x(one.at_ms), y(one.low)) for one in shown if one.low is not None and one.high is not None]
    usual = [(x(one.at_ms), y(one.usual)) for one in shown if one.usual is not None]
    if len(usual) == 1:
        usual = [(LEFT, usual[0][1]), (width - RIGHT, usual[0][1])]
    return Chart(
        width=width,
        height=HEIGHT,
        line=_points([(x(one.at_ms), y(one.measure or 0.0)) for one in shown]),
        band=_points([*uppers, *reversed(lowers)]) if len(uppers) > 1 else "",
        usual=_points(usual),
        dots=[
            (x(one.at_ms), y(one.measure or 0.0), *_ends(one, y(one.low or 0.0), y(one.high or 0.0)))
            for one in _spread(shown, width)
        ],
        across=_days(shown, tongue, x, width),
        up=[Tick(y(value), tongue.percent(value)) for value in _steps(low, high)],
        left=LEFT,
        right=width - RIGHT,
        bottom=HEIGHT - BOTTOM,
    )


def _ends(one: ReadingRow, low: float, high: float) -> tuple[float | None, float | None]:
    return (low, high) if one.low is not None and one.high is not None else (None, None)


def _spread(shown: Sequence[ReadingRow], width: int) -> Sequence[ReadingRow]:
    """So many that their dots do not touch, the latest among them."""
    room = max(2, (width - LEFT - RIGHT) // 14)
    step = -(-len(shown) // room)
    return [*reversed(shown[::-1][::step])]


def _days(shown: Sequence[ReadingRow], tongue: Tongue, x: Callable[[int], float], width: int) -> list[Tick]:
    room = max(2, (width - LEFT - RIGHT) // _LABEL_PX)
    step = max(1, -(-len(shown) // room))
    ticks: list[Tick] = []
    for one in shown[::step]:
        text = tongue.day(one.at_ms)
        at = min(max(x(one.at_ms), LEFT + _LABEL_PX / 2 - 10), width - RIGHT - _LABEL_PX / 2 + 10)
        if not ticks or (text != ticks[-1].text and at - ticks[-1].at >= _LABEL_PX * 0.9):
            ticks.append(Tick(at, text))
    return ticks


def _steps(low: float, high: float) -> list[float]:
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 5.0, 25.0):
        if (high - low) / step <= 5:  # noqa: PLR2004 (so many lines are enough to read by)
            return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [low, high]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
