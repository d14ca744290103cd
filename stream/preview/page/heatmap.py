"""A heatmap of a histogram's buckets over time: darker is more often."""

import math
from collections.abc import Iterator
from itertools import pairwise

from stream.preview.answers import Answered
from stream.preview.asking import Series, Span
from stream.preview.numbers import written
from stream.preview.page.frame import BOTTOM, TOP, Frame, grid
from stream.report.page.markup import Markup, element

_LABELS_MAX = 8


def heatmap(answered: Answered, span: Span, width: int, height: int) -> Markup:
    """A row a bucket that was ever hit, a column a step of time."""
    counts = _counts(answered)
    hit = [at for at, (_, values) in enumerate(counts) if any(value > 0 for value in values.values())] or [0]
    counts = counts[max(0, hit[0] - 1) : hit[-1] + 2]
    frame = Frame(width, height, span, 0.0, float(len(counts)))
    every = math.ceil(len(counts) / _LABELS_MAX)
    unit = answered.panel.field_config.defaults.unit
    marks = [(at + 1.0, written(bound, unit)) for at, (bound, _) in enumerate(counts) if at % every == 0]
    return element(
        "svg",
        list(grid(frame, marks)),
        list(_cells(counts, frame)),
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=answered.panel.title,
    )


def _cells(counts: list[tuple[float, dict[float, float]]], frame: Frame) -> Iterator[Markup]:
    most = max((value for _, values in counts for value in values.values()), default=0.0)
    wide = frame.x(frame.span.start_s + frame.span.step_s) - frame.x(frame.span.start_s)
    tall = (frame.height - TOP - BOTTOM) / max(len(counts), 1)
    for at, (_, values) in enumerate(counts):
        for moment, value in values.items():
            if value > 0:
                # By the root, so that rare slow ones can still be seen.
                strength = 0.08 + 0.92 * math.sqrt(value / most)
                yield element(
                    "rect",
                    class_="cell",
                    x=round(frame.x(moment) - wide, 1),
                    y=round(frame.y(at + 1.0), 1),
                    width=round(max(wide - 0.3, 0.7), 1),
                    height=round(tall - 0.5, 1),
                    opacity=f"{strength:.2f}",
                )


def _counts(answered: Answered) -> list[tuple[float, dict[float, float]]]:
    """What each bucket alone got, by its upper bound: a bucket of Prometheus counts all below it too."""
    ordered = sorted(
        ((_bound(series), dict(series.points)) for answer in answered.answers for series in answer.series),
        key=lambda pair: pair[0],
    )
    ordered = [(bound, values) for bound, values in ordered if not math.isinf(bound)]
    alone = [ordered[0]] if ordered else []
    for (_, lower), (bound, upper) in pairwise(ordered):
        alone.append((bound, {at: max(value - lower.get(at, 0.0), 0.0) for at, value in upper.items()}))
    return alone


def _bound(series: Series) -> float:
    return float(series.labels.get("le", "inf").replace("+Inf", "inf"))
