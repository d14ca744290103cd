"""Tables to judgments: one row one judgment, with what a file leaves out filled in."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import xxhash

from stream.errors import InputError
from stream.events import DAY_MS, ITEM_ID_CHARS, REVISION_MAX, Judgment
from stream.intake.cells import CellError, Cells, choices, integers, labels, moments, required, texts, truths
from stream.intake.money import to_micro
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.reasons import Reason
from stream.intake.table import Reading, Table

FIRST_MS: Final = 1_577_836_800_000  # 2020-01-01T00:00:00Z, where files without a clock begin
STEP_MS: Final = 1_000  # from row to row
CACHED_RATERS: Final = 1_000_000

Values = Sequence[Any]


class TableReader:
    """Reads a file's tables in turn: rows are numbered through, and the first row settles whether there is a clock."""

    def __init__(self, file: str, reading: Reading) -> None:
        self._file, self._reading = file, reading
        self._rows_before = 0
        self.has_clock: bool | None = None
        self._pseudonyms: dict[str, str] = {}

    def judgments(self, table: Table) -> list[Judgment]:
        """The rows' judgments in the file's order; raises InputError naming file, place, column and what is wrong."""
        values = self._values(table)
        self._rows_before += table.rows
        names = tuple(values)
        return [Judgment(**dict(zip(names, row, strict=True))) for row in zip(*values.values(), strict=True)]

    def _values(self, table: Table) -> dict[str, Values]:
        """By field of Judgment; a field that is left out has its default."""
        read = partial(self._read, table)
        values: dict[str, Values] = {name: read(name, cells) for name, cells in _PLAIN.items() if name in table.columns}
        for name, default in self._defaults(table).items():
            values[name] = default if name not in values else _filled(values[name], default)
        values["rater_id"] = self._raters(values["rater_id"])
        values["submitted_at"] = self._submitted(table)
        if "duration_ms" not in values and "started_at" in table.columns:
            values["duration_ms"] = _elapsed(read("started_at", moments), values["submitted_at"])
        is_set = [queue in self._reading.set_queues for queue in values["queue"]]
        for name in ("label", "gold", "suggested_label"):
            if name in table.columns:
                values[name] = read(name, partial(labels, is_set=is_set, separator=self._reading.separator))
        read("label", lambda _: _check_answers(values["label"], values["outcome"]))
        if "gold" in values and "is_test" in table.columns:
            # A known answer that was no test is the analyst's knowledge, not the system's.
            values["gold"] = [
                gold if test is not False else None
                for gold, test in zip(values["gold"], read("is_test", truths), strict=True)
            ]
        return values

    def _defaults(self, table: Table) -> dict[str, Values]:
        numbers = range(self._rows_before + 1, self._rows_before + table.rows + 1)
        return {
            "judgment_id": [f"row-{number}" for number in numbers],
            "queue": [self._reading.queue] * table.rows,
            "vendor": [self._reading.vendor] * table.rows,
            **{name: [default] * table.rows for name, default in _DEFAULTS.items()},
        }

    def _read(self, table: Table, name: str, reader: Callable[[Cells], Values]) -> Values:
        try:
            return reader(table.columns[name])
        except CellError as error:
            raise InputError(
                f"{self._file}: {table.place(error.row)}, column {table.names.get(name, name)}: {error.problem}"
            ) from None

    def _submitted(self, table: Table) -> Values:
        given = self._read(table, "submitted_at", moments) if "submitted_at" in table.columns else [None] * table.rows
        if self.has_clock is None:
            self.has_clock = given[0] is not None
        odd = None in given if self.has_clock else any(moment is not None for moment in given)
        if odd:
            row = next(row for row, moment in enumerate(given) if (moment is None) is self.has_clock)
            raise InputError(
                f"{self._file}: {table.place(row)}, column {table.names['submitted_at']}: "
                f"{'empty' if self.has_clock else 'filled'}, unlike the first row; fill it in all rows or in none"
            )
        if self.has_clock:
            return given
        first = FIRST_MS + self._rows_before * STEP_MS
        return range(first, first + table.rows * STEP_MS, STEP_MS)

    def _raters(self, ids: Sequence[str]) -> Sequence[str]:
        make = self._reading.pseudonym
        if make is None:
            return ids
        known = self._pseudonyms
        if len(known) > CACHED_RATERS:
            known.clear()
        for raw in set(ids) - known.keys():
            known[raw] = raw if looks_like_pseudonym(raw) else make(raw)
        return [known[raw] for raw in ids]


def _filled(values: Values, default: Values) -> Values:
    if None not in values:
        return values
    return [other if value is None else value for value, other in zip(values, default, strict=True)]


def _elapsed(started: Values, submitted: Values) -> Values:
    """Durations from two clocks' readings, where they make sense."""
    elapsed = [None if start is None else end - start for start, end in zip(started, submitted, strict=True)]
    return [duration if duration is not None and 0 <= duration <= DAY_MS else None for duration in elapsed]


def _check_answers(answers: Values, outcomes: Values) -> Values:
    if None in answers:
        for row, (answer, outcome) in enumerate(zip(answers, outcomes, strict=True)):
            if answer is None and outcome == "answered":
                raise CellError(row, "is empty; give a label, or an outcome column that says skipped or escalated")
    return answers


def _costs(cells: Cells) -> Values:
    costs = texts(cells)
    bad = {cost for cost in set(costs) if cost is not None and isinstance(to_micro(cost), Reason)}
    if bad:
        row = next(row for row, cost in enumerate(costs) if cost in bad)
        raise CellError(row, "is no decimal number from 0 to 4000 with at most six places")
    return costs


def _item_ids(cells: Cells) -> Values:
    return required(_shortened(cells))


def _shortened(cells: Cells) -> Values:
    short = [cell if not isinstance(cell, str) or len(cell) <= ITEM_ID_CHARS else _short(cell) for cell in cells]
    return texts(short, ITEM_ID_CHARS)


def _short(long_id: str) -> str:
    ending = f"~{xxhash.xxh3_64_hexdigest(long_id.encode())}"
    return long_id[: ITEM_ID_CHARS - len(ending)] + ending


_PLAIN: Final[dict[str, Callable[[Cells], Values]]] = {
    "judgment_id": _shortened,
    "item_id": _item_ids,
    "rater_id": lambda cells: required(texts(cells)),
    "queue": texts,
    "vendor": texts,
    "duration_ms": lambda cells: integers(cells, 0, DAY_MS),
    "revision": lambda cells: integers(cells, 0, REVISION_MAX),
    "outcome": lambda cells: choices(cells, ("answered", "skipped", "escalated")),
    "guideline": texts,
    "locale": texts,
    "site": texts,
    "stage": lambda cells: choices(cells, ("production", "training")),
    "sensitivity": lambda cells: choices(cells, ("none", "sensitive", "severe")),
    "cost": _costs,
    "currency": texts,
    "item_kind": texts,
}
_DEFAULTS: Final[dict[str, object]] = {"revision": 0, "outcome": "answered", "stage": "production"}
