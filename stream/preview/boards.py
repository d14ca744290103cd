"""Reads the boards that Grafana is given: only what a drawing needs of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from stream.errors import InputError

ROW = "row"


class Grid(Struct, frozen=True):
    """Place on a grid of 24 columns."""

    h: int
    w: int
    x: int
    y: int


class Target(Struct, frozen=True, rename="camel"):
    """A query."""

    expr: str
    ref_id: str
    legend_format: str = ""


class Step(Struct, frozen=True):
    """From `value` on (None: from below everything) the colour."""

    color: str
    value: float | None = None


class Thresholds(Struct, frozen=True):
    """Steps from the lowest value up."""

    steps: list[Step] = []


class Look(Struct, frozen=True):
    """How values are written and coloured."""

    unit: str = "none"
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    thresholds: Thresholds = Thresholds()
    mappings: list[dict[str, Any]] = []
    custom: dict[str, Any] = {}


class Override(Struct, frozen=True):
    """Another look for one field of a table."""

    matcher: dict[str, Any]
    properties: list[dict[str, Any]]


class Fields(Struct, frozen=True):
    """Looks of a panel."""

    defaults: Look = Look()
    overrides: list[Override] = []


class Panel(Struct, frozen=True, rename="camel"):
    """A panel or the title of a row."""

    id: int
    type: str
    grid_pos: Grid
    title: str = ""
    description: str = ""
    targets: list[Target] = []
    field_config: Fields = Fields()
    options: dict[str, Any] = {}
    transformations: list[dict[str, Any]] = []


class Variable(Struct, frozen=True, rename="camel"):
    """A choice at the top of a board."""

    name: str
    type: str
    query: str = ""
    regex: str = ""
    all_value: str | None = None
    include_all: bool = False
    multi: bool = False
    current: dict[str, Any] = {}


class Board(Struct, frozen=True):
    """A board as its file says it."""

    uid: str
    title: str
    panels: list[Panel]
    description: str = ""
    time: dict[str, str] = {}
    templating: dict[str, list[Variable]] = field(default_factory=dict)

    @property
    def variables(self) -> list[Variable]:
        """The choices, in the order in which they depend on each other."""
        return self.templating.get("list", [])

    @property
    def asking(self) -> list[Panel]:
        """The panels that have queries."""
        return [panel for panel in self.panels if panel.type != ROW]


class Cell(NamedTuple):
    """The look of a table's column."""

    look: Look
    is_coloured: bool


def read_boards(folder: Path) -> list[Board]:
    """All boards below a folder, by file name. Raises InputError where there are none or one cannot be read."""
    paths = sorted(folder.rglob("*.json"), key=lambda path: path.name)
    if not paths:
        raise InputError(f"no boards in {folder}: name the folder that holds them with --boards")
    return [_read(path) for path in paths]


def cell(panel: Panel, name: str) -> Cell:
    """How a column of a table looks."""
    own: Mapping[str, Any] = {}
    for override in panel.field_config.overrides:
        if override.matcher == {"id": "byName", "options": name}:
            own = {prop["id"]: prop["value"] for prop in override.properties}
    look = msgspec.convert({name: own[name] for name in ("unit", "decimals", "thresholds") if name in own}, Look)
    return Cell(look, "custom.cellOptions" in own)


def _read(path: Path) -> Board:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Board)
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{path} cannot be drawn ({error}); make it anew with `make generate`") from error
