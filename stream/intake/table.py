"""Rows of a file of judgments, a few thousand at a time, and how the file's columns are named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from stream.errors import InputError
from stream.intake.cells import Cells

COLUMNS: Final = (
    "judgment_id",
    "item_id",
    "rater_id",
    "label",
    "queue",
    "vendor",
    "gold",
    "is_test",
    "submitted_at",
    "started_at",
    "duration_ms",
    "revision",
    "outcome",
    "guideline",
    "locale",
    "site",
    "stage",
    "sensitivity",
    "cost",
    "currency",
    "item_kind",
    "suggested_label",
)
NEEDED: Final = ("item_id", "rater_id", "label")
ALIASES: Final = {"vendor_id": "vendor", "submitted_at_ms": "submitted_at", "started_at_ms": "started_at"}
CHUNK_ROWS: Final = 4_000


class Table(NamedTuple):
    """Some rows of a file; `columns` by our names, all of one length, the file's own name beside each in `names`."""

    columns: Mapping[str, Cells]
    names: Mapping[str, str]
    rows: int
    place: Callable[[int], str]  # "line 7" for a row of this table


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read a file of judgments.

    `columns` gives the file's name for one of ours where they differ ({"item_id": "unit"}). A text in the label columns
    of a queue in `set_queues` is split at `separator`. `pseudonym` replaces rater ids that are no pseudonyms yet.
    `format` names a tool's export (`readers.recognise.FORMATS`) or "rows"; without it the content tells. `question` is
    the one whose answer is the label, `time_zone` the one that times without an offset are in. `known_answers_by` is
    the rater, under the name that reading gives, whose judgments are known answers.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    set_queues: frozenset[str] = frozenset()
    separator: str = "|"
    pseudonym: Callable[[str], str] | None = None
    queue: str = "default"
    vendor: str = "unknown"
    format: str | None = None
    question: str | None = None
    time_zone: ZoneInfo | None = None
    known_answers_by: str | None = None

    @property
    def maps_all(self) -> bool:
        """Whether the columns alone say how to read the file, whatever else it looks like."""
        return set(self.columns) >= set(NEEDED)


def match_columns(file: str, found: Sequence[str], renamed: Mapping[str, str]) -> dict[str, str]:
    """Our name -> the file's name, for every column that is there; raises InputError for missing or unknown ones."""
    for ours in renamed:
        if ours not in COLUMNS:
            raise InputError(f"{file}: {ours} is no column to map; allowed: {', '.join(COLUMNS)}")
    names = {ALIASES.get(name, name): name for name in found if ALIASES.get(name, name) in COLUMNS}
    names |= renamed
    shown = ", ".join(found[:20]) or "none"
    for ours in dict.fromkeys((*NEEDED, *renamed)):
        if names.get(ours) not in found:
            raise InputError(
                f"{file}: no column {names.get(ours, ours)} for {ours}; columns found: {shown}; map it by name"
            )
    return names
