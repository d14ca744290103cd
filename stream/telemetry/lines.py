"""Lines of Prometheus's text format, as cheap as Python can make them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

import numpy as np

from stream.telemetry.metrics import Metric

Labels = TypeVar("Labels", bound=tuple[str, ...])

SHORT, LONG = 6, 12  # significant digits: as many as a person or a threshold can tell apart; those of a sum
_STEPS = 10_000  # shares are shown to 1e-4

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def header(metric: Metric) -> bytes:
    """What stands once before a metric's samples."""
    return f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.kind}\n".encode()


def label_text(**labels: str) -> str:
    """`name="value"` pairs, escaped, without braces."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def sample_lines(
    metric: Metric, labels: Sequence[str], values: np.ndarray, further: str = "", digits: int = SHORT
) -> bytes:
    """A line for each known value: float64[len(labels)], NaN for unknown. `further` labels are the same for all.

    Whole numbers are exact; with SHORT digits shares are rounded to 1e-4.
    """
    begin, end = metric.name + "{", f",{further}}} " if further else "} "
    known = np.isfinite(values)
    if not known.all():
        labels = [label for label, is_known in zip(labels, known.tolist(), strict=True) if is_known]
        values = values[known]
    lines = [f"{begin}{label}{end}{text}" for label, text in zip(labels, _texts(values, digits), strict=True)]
    return ("\n".join(lines) + "\n").encode() if lines else b""


def count_lines(metric: Metric, counts: Mapping[Labels, float]) -> bytes:
    """A line for each tuple of label values, in the order of the metric's labels."""
    labels = [label_text(**dict(zip(metric.labels, values, strict=True))) for values in counts]
    return sample_lines(metric, labels, np.array(list(counts.values()), "f8"), digits=LONG)


def bare_line(metric: Metric, value: float) -> bytes:
    """The line of a metric without labels."""
    return f"{metric.name} {value:.{LONG}g}\n".encode()


def _texts(values: np.ndarray, digits: int) -> Iterable[str]:
    if (values == np.rint(values)).all():
        return map(str, values.astype("i8").tolist())
    if digits == SHORT and (np.abs(values) <= 1).all():
        table = _shares()
        return [table[place] for place in np.rint((values + 1) * _STEPS).astype("i8").tolist()]
    return [f"{value:.{digits}g}" for value in values.tolist()]


@cache
def _shares() -> list[str]:
    """The texts of -1 to 1 in steps of 1e-4: looking them up is five times as fast as formatting."""
    return [f"{(place - _STEPS) / _STEPS:g}" for place in range(2 * _STEPS + 1)]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
