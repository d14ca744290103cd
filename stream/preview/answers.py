"""Puts a panel's queries to Prometheus: over time what is drawn over time, of now what shows one moment."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stream.preview.asking import Prometheus, Series, Span
from stream.preview.boards import Board, Panel, Target
from stream.preview.choosing import Chosen, choose, filled

_OF_NOW = ("bargauge", "table")
_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Answer(NamedTuple):
    """What a query found; `expr` is the query as it was asked."""

    target: Target
    expr: str
    series: Sequence[Series]

    def name(self, series: Series) -> str:
        """The legend of one of its series."""
        if self.target.legend_format:
            return _LABEL.sub(lambda found: series.labels.get(found[1], ""), self.target.legend_format)
        return ", ".join(f"{name} {value}" for name, value in series.labels.items() if name != "__name__")


class Answered(NamedTuple):
    """A panel with the answers to its queries."""

    panel: Panel
    answers: Sequence[Answer]

    @property
    def is_empty(self) -> bool:
        """Whether no query found any number."""
        return all(math.isnan(value) for one in self.answers for series in one.series for _, value in series.points)


class AnsweredBoard(NamedTuple):
    """A board with everything that a drawing needs."""

    board: Board
    chosen: Mapping[str, Chosen]
    span: Span
    panels: Sequence[Answered]


class Asking(NamedTuple):
    """How boards are asked: until when, over which time (None: each board's own), for which values of variables."""

    now_s: float
    since_s: float | None = None
    given: Mapping[str, str] = {}


_POINTS = 240  # a line has about so many; Grafana asks for one a pixel


def answer(board: Board, prometheus: Prometheus, asking: Asking) -> AnsweredBoard:
    """All queries of a board."""
    scrape_s = prometheus.scrape_interval_s()
    since_s = asking.since_s or ago_s(board.time.get("from", "now-1h"))
    span = Span(asking.now_s - since_s, asking.now_s, max(scrape_s, math.ceil(since_s / _POINTS)))
    chosen = choose(board, prometheus, asking.now_s, asking.given)

    def asked(panel: Panel, target: Target) -> Answer:
        expr = filled(target.expr, chosen, span, scrape_s)
        found = prometheus.at(expr, span.end_s) if panel.type in _OF_NOW else prometheus.over(expr, span)
        return Answer(target, expr, found)

    panels = [Answered(panel, [asked(panel, target) for target in panel.targets]) for panel in board.asking]
    return AnsweredBoard(board, chosen, span, panels)


def ago_s(moment: str) -> float:
    """Seconds of a moment like "now-24h", or of a time like "15m".

    >>> ago_s("now-24h"), ago_s("15m")
    (86400.0, 900.0)
    """
    number, unit = moment.removeprefix("now-")[:-1], moment[-1]
    return float(number) * {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}[unit]
