"""Panels of the usual sizes, so that a board's file holds its questions and not its pixels."""

from collections.abc import Sequence

from grafana.source.spec import Draw, Link, Panel, Steps, Target, Unit

Queries = str | Sequence[tuple[str, str]]  # one expression, or (legend, expression) pairs


def stat(
    title: str,
    description: str,
    unit: Unit,
    queries: Queries,
    *,
    steps: Steps | None = None,
    decimals: int | None = None,
    links: tuple[Link, ...] = (),
    words: tuple[tuple[float, str, str], ...] = (),
    width: int = 4,
    height: int = 4,
) -> Panel:
    """A number of now, with its line over time behind it."""
    return Panel(
        draw=Draw.STAT,
        title=title,
        description=description,
        unit=unit,
        targets=_targets(queries, title),
        width=width,
        height=height,
        steps=steps,
        decimals=decimals,
        links=links,
        words=words,
    )


def lines(
    title: str,
    description: str,
    unit: Unit,
    queries: Queries,
    *,
    steps: Steps | None = None,
    low: float | None = None,
    high: float | None = None,
    stacked: bool = False,
    width: int = 12,
    links: tuple[Link, ...] = (),
) -> Panel:
    """Lines over time; bounds are drawn as dashed lines."""
    return Panel(
        draw=Draw.LINES,
        title=title,
        description=description,
        unit=unit,
        targets=_targets(queries, title),
        width=width,
        height=8,
        steps=steps,
        low=low,
        high=high,
        stacked=stacked,
        links=links,
    )


def bars(
    title: str,
    description: str,
    unit: Unit,
    queries: Queries,
    *,
    steps: Steps | None = None,
    decimals: int | None = None,
    low: float | None = None,
    high: float | None = None,
    width: int = 8,
    links: tuple[Link, ...] = (),
) -> Panel:
    """A bar for each series of now, the longest first where the query sorts."""
    return Panel(
        draw=Draw.BARS,
        title=title,
        description=description,
        unit=unit,
        targets=_targets(queries, title),
        width=width,
        height=8,
        steps=steps,
        decimals=decimals,
        low=low,
        high=high,
        links=links,
    )


def table(
    title: str,
    description: str,
    labels: str,
    columns: Sequence[Target],
    *,
    links: tuple[Link, ...] = (),
    sorted_by: str = "",
    width: int = 24,
    height: int = 10,
) -> Panel:
    """A row for each set of labels ("rater, queue"), then a column a query; highest first in `sorted_by`."""
    return Panel(
        draw=Draw.TABLE,
        title=title,
        description=description,
        unit=Unit.COUNT,
        targets=tuple(columns),
        width=width,
        height=height,
        links=links,
        labels=tuple(labels.split(", ")),
        sorted_by=sorted_by or columns[0].column,
    )


def column(name: str, unit: Unit, expr: str, *, steps: Steps | None = None, decimals: int | None = None) -> Target:
    """A column of a table."""
    return Target(expr, column=name, unit=unit, steps=steps, decimals=decimals)


def heatmap(title: str, description: str, unit: Unit, buckets: str, *, width: int = 12) -> Panel:
    """How often which value occurred over time; `buckets` are rates by `le`."""
    return Panel(
        draw=Draw.HEATMAP,
        title=title,
        description=description,
        unit=unit,
        targets=(Target(buckets, "{{le}}"),),
        width=width,
        height=8,
    )


def _targets(queries: Queries, title: str) -> tuple[Target, ...]:
    pairs = [(title, queries)] if isinstance(queries, str) else queries
    return tuple(Target(expr, legend) for legend, expr in pairs)
