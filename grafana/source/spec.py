"""What a board consists of, before it is Grafana's: plain values that read like the board itself."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Grafana's names of the units that boards use."""

    COUNT = "locale"
    SHARE = "percentunit"
    RATIO = "none"
    SECONDS = "s"
    PER_SECOND = "cps"
    BYTES = "bytes"


class Draw(StrEnum):
    """How a panel shows its answers; the values are Grafana's panel types."""

    STAT = "stat"
    LINES = "timeseries"
    BARS = "bargauge"
    TABLE = "table"
    HEATMAP = "heatmap"


class Folder(StrEnum):
    """Folders are what Grafana gives rights on: whoever may not see people gets only the first."""

    QUALITY = "Raterwatch"
    RATERS = "Raterwatch raters"
    CARE = "Raterwatch care"


@dataclass(frozen=True, slots=True)
class Steps:
    """Colours from the lowest value up: `base` below the first bound."""

    base: str
    above: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A query. `legend` names its series; a table's column is called `column` and has a look of its own."""

    expr: str
    legend: str = ""
    column: str = ""
    unit: Unit | None = None
    steps: Steps | None = None
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a click leads. In a table `field` is the column that carries it."""

    title: str
    url: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel; width in Grafana's 24 columns, height in its rows of 36 pixels."""

    draw: Draw
    title: str
    description: str
    unit: Unit
    targets: tuple[Target, ...]
    width: int
    height: int
    steps: Steps | None = None
    decimals: int | None = None
    low: float | None = None
    high: float | None = None
    links: tuple[Link, ...] = ()
    words: tuple[tuple[float, str, str], ...] = ()  # value, what it means, colour
    stacked: bool = False
    labels: tuple[str, ...] = ()  # a table's first columns, in order
    sorted_by: str = ""  # a table's column, highest first


@dataclass(frozen=True, slots=True)
class Row:
    """A question, and the panels that answer it."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of a board, answered by Prometheus."""

    name: str
    label: str
    query: str
    many: bool = True
    pattern: str = ""  # Grafana's regex on the answers
    everything: str = ".*"  # what "All" matches


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice among fixed values, the first by default."""

    name: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mark on every time line, where the expression has a value."""

    name: str
    expr: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board; `uid` never changes, for alerts link to it."""

    uid: str
    title: str
    question: str
    folder: Folder
    rows: tuple[Row, ...]
    variables: tuple[Variable | Choice, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    since: str = "now-24h"
