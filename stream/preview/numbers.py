"""Numbers as Grafana writes them, for the units that boards use."""

import math
from collections.abc import Sequence

from stream.preview.boards import Step

UNKNOWN = "unknown"
_TIMES = ((1e-3, "µs", 1e-6), (1.0, "ms", 1e-3), (60.0, "s", 1.0), (3600.0, "min", 60.0), (86_400.0, "h", 3600.0))
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
_FEW, _MANY = 10.0, 100.0


def written(value: float, unit: str, decimals: int | None = None) -> str:
    """A value in its unit.

    >>> [written(0.0312, "percentunit"), written(12345.0, "locale"), written(0.004, "s"), written(7260.0, "s")]
    ['3.12 %', '12,345', '4 ms', '2.02 h']
    >>> written(3.2e9, "bytes"), written(0.5, "none", 2), written(float("nan"), "s")
    ('2.98 GiB', '0.50', 'unknown')
    """
    if math.isnan(value):
        return UNKNOWN
    if unit == "percentunit":
        return f"{_digits(100 * value, decimals)} %"
    if unit == "s":
        return _time(value, decimals)
    if unit == "bytes":
        power = min(int(math.log(abs(value), 1024)), len(_BYTES) - 1) if abs(value) >= 1 else 0
        return f"{_digits(value / 1024**power, decimals)} {_BYTES[power]}"
    return _digits(value, decimals) + (" /s" if unit == "cps" else "")


def colour_at(steps: Sequence[Step], value: float) -> str:
    """The colour of the highest step at or below the value."""
    found = steps[0].color if steps else "text"
    for step in steps:
        if step.value is not None and value >= step.value:
            found = step.color
    return found


def ticks_of(unit: str, low: float, high: float, count: int) -> list[float]:
    """The same, round as the unit is written: whole MiB, whole hours.

    >>> ticks_of("s", 0.0, 7200.0, 2)
    [0.0, 3600.0, 7200.0]
    """
    scale = 1.0
    if unit == "bytes" and high >= 1:
        scale = 1024.0 ** int(math.log(high, 1024))
    if unit == "s":
        scale = next((size for below, _, size in _TIMES if high < below), 86_400.0)
    return [value * scale for value in ticks(low / scale, high / scale, count)]


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round values from `low` to `high`.

    >>> ticks(0.0, 1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if high <= low:
        return [low]
    rough = (high - low) / count
    decade = 10.0 ** math.floor(math.log10(rough))
    step = decade * next(factor for factor in (1, 2, 5, 10) if decade * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    places = max(0, -math.floor(math.log10(step)) + 1)
    return [round(at * step, places) for at in range(first, math.floor(high / step + 1e-9) + 1)]


def _digits(value: float, decimals: int | None) -> str:
    if decimals is None:
        whole = value == round(value) or abs(value) >= _MANY
        decimals = 0 if whole else 1 if abs(value) >= _FEW else 2
        text = f"{value:,.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,.{decimals}f}"


def _time(seconds: float, decimals: int | None) -> str:
    if seconds == 0:
        return "0 s"
    for below, name, scale in _TIMES:
        if abs(seconds) < below:
            return f"{_digits(seconds / scale, decimals)} {name}"
    return f"{_digits(seconds / 86_400, decimals)} d"
