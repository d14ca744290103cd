"""Rows of a file of judgments, a few thousand at a time, to judgments: one row one judgment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Final, NamedTuple

from stream.errors import InputError
from stream.events import DAY_MS, MOMENT_MAX_MS, REVISION_MAX, Judgment
from stream.intake.cells import CellError, Cells, choices, integers, labels, moments, required, texts, truths
from stream.intake.money import to_micro
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.reasons import Reason

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
FIRST_MS: Final = 1_577_836_800_000  # 2020-01-01T00:00:00Z, where files without a clock begin
STEP_MS: Final = 1_000  # a row
_CACHED_RATERS: Final = 1_000_000


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
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    set_queues: frozenset[str] = frozenset()
    separator: str = "|"
    pseudonym: Callable[[str], str] | None = None
    queue: str = "default"
    vendor: str = "unknown"


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
            raise InputError(f"{file}: no column {names.get(ours, ours)} for {ours}; columns found: {shown}; map it by name")
    return names


class TableReader:
    """Makes judgments of a file's tables in turn: rows are numbered through, and the first row settles the clock."""

    def __init__(self, file: str, reading: Reading) -> None:
        self._file, self._reading = file, reading
        self._row = 0
        self._has_clock: bool | None = None
        self._pseudonyms: dict[str, str] = {}

    def judgments(self, table: Table) -> list[Judgment]:
        """The rows' judgments in the file's order; raises InputError naming file, place and column."""
        column = _Columns(self._file, table)
        queue = column.read("queue", texts, default=self._reading.queue)
        outcome = column.read("outcome", choices, ("answered", "skipped", "escalated"), default="answered")
        label = column.read("label", labels, self._splits(queue), self._reading.separator)
        column.check_answers(label, outcome)
        submitted = self._submitted(column)
        made = [
            Judgment(
                judgment_id=judgment_id,
                item_id=item_id,
                rater_id=rater_id,
                queue=queue_name,
                vendor=vendor,
                submitted_at=submitted_at,
                label=answer,
                duration_ms=duration_ms,
                gold=gold,
                revision=revision,
                outcome=how,
                guideline=guideline,
                locale=locale,
                site=site,
                stage=stage,
                sensitivity=sensitivity,
                cost=cost,
                currency=currency,
                item_kind=item_kind,
                suggested_label=suggested,
            )
            for (
                judgment_id, item_id, rater_id, queue_name, vendor, submitted_at, answer, duration_ms, gold, revision, how,
                guideline, locale, site, stage, sensitivity, cost, currency, item_kind, suggested,
            ) in zip(
                self._judgment_ids(column),
                column.read("item_id", lambda cells: required(texts(cells))),
                self._raters(column),
                queue,
                column.read("vendor", texts, default=self._reading.vendor),
                submitted,
                label,
                self._durations(column, submitted),
                self._golds(column, queue),
                column.read("revision", integers, 0, REVISION_MAX, default=0),
                outcome,
                *(column.read(name, texts) for name in ("guideline", "locale", "site")),
                column.read("stage", choices, ("production", "training"), default="production"),
                column.read("sensitivity", choices, ("none", "sensitive", "severe")),
                column.read("cost", texts),
                column.read("currency", texts),
                column.read("item_kind", texts),
                column.read("suggested_label", labels, self._splits(queue), self._reading.separator),
                strict=True,
            )
        ]
        self._row += table.rows
        return made
