"""A tool's export as tables of judgments: what all readers have in common."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from stream.errors import InputError
from stream.intake.cells import Cells
from stream.intake.opening import Watch
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.readers.clock import Clock
from stream.intake.readers.export import Export
from stream.intake.readers.port import KNOWN, Asked, Reader, Record, Row, Tally
from stream.intake.readers.questions import Questions
from stream.intake.readers.records import records_of
from stream.intake.readers.unreadable import Unreadable
from stream.intake.table import CHUNK_ROWS, COLUMNS, NEEDED, Reading, Table

_LABELS = ("label", "gold")


class ToolTable(NamedTuple):
    """Some judgments, and which of them are known answers instead."""

    table: Table
    are_known: Sequence[bool]


class ToolFile:
    """One reading of a tool's file. After it `export` says what was in it."""

    def __init__(self, path: str, reading: Reading, reader: type[Reader], watch: Watch) -> None:
        self._path, self._reading, self._watch = path, reading, watch
        self._tally, self._questions = Tally(), Questions(reading.question)
        for ours in reading.columns:
            if ours not in COLUMNS:
                raise InputError(f"{path}: {ours} is no column to map; allowed: {', '.join(COLUMNS)}")
        self._reader = reader(
            Asked(
                file=path,
                questions=self._questions,
                clock=Clock(reading.time_zone, self._tally.noted),
                tally=self._tally,
                named=self._named,
                again=lambda: records_of(path),
            )
        )

    @property
    def export(self) -> Export:
        """What has been read so far."""
        return Export(
            self._reader.title, self._questions.chosen, 1, dict(self._tally.left_out), dict(self._tally.noted)
        )

    def tables(self) -> Iterator[ToolTable]:
        """The judgments in the file's order; raises InputError naming file and place."""
        rows, found_any = self._rows(), False
        while chunk := list(islice(rows, CHUNK_ROWS)):
            found_any = True
            yield self._table(chunk)
        if not found_any and self._questions.is_missing:
            wanted, listed = self._questions.wanted, self._questions.listed
            raise InputError(f"{self._path}: nobody answers the question {wanted}; there are {listed}")

    def _rows(self) -> Iterator[tuple[str, Row]]:
        for record in records_of(self._path, self._watch):
            try:
                for row in self._reader.rows(record):
                    yield record.place, self._labelled(row | self._mapped(record))
            except Unreadable as error:
                raise InputError(f"{self._path}: {record.place}: {error}") from None
            except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError):
                # Objects of another shape than the tool writes; the parser's own words would quote the file.
                raise InputError(
                    f"{self._path}: {record.place}: not as {self._reader.title} writes it; export it again, or say "
                    "what it is with --format"
                ) from None

    def _mapped(self, record: Record) -> Row:
        """Columns that a person takes from elsewhere in the record: data.batch is batch within data."""
        return {ours: _at(record.fields, theirs) for ours, theirs in self._reading.columns.items()}

    def _labelled(self, row: Row) -> Row:
        """Labels are sets in a queue of sets, and names elsewhere; the first reading tells which it is."""
        is_set = (row.get("queue") or self._reading.queue) in self._reading.set_queues
        for name in _LABELS:
            if name in row:
                row[name] = self._label(name, row[name], is_set=is_set)
        return row

    def _label(self, name: str, members: object, *, is_set: bool) -> object:
        chosen = list(dict.fromkeys(members)) if isinstance(members, list) else members
        if is_set:
            return [chosen] if isinstance(chosen, str | int) else chosen
        if not isinstance(chosen, list) or (len(chosen) != 1 and name == "label"):
            return chosen
        if len(chosen) == 1:
            return chosen[0]
        self._tally.noted["known answers that allow several answers, not used"] += 1
        return None

    def _table(self, chunk: Sequence[tuple[str, Row]]) -> ToolTable:
        rows = [row for _, row in chunk]
        present = {name for row in rows for name in row} | set(NEEDED)
        ours = [name for name in COLUMNS if name in present]
        columns: dict[str, Cells] = {name: [row.get(name) for row in rows] for name in ours}
        theirs = {**self._reader.names, **self._reading.columns}
        names: dict[str, str] = {name: theirs.get(name, name) for name in ours}
        table = Table(columns, names, len(rows), lambda row: chunk[row][0])
        return ToolTable(table, [bool(row.get(KNOWN)) for row in rows])

    def _named(self, rater: str) -> str:
        make = self._reading.pseudonym
        return rater if make is None or looks_like_pseudonym(rater) else make(rater)


def _at(fields: Mapping[str, Any], path: str) -> object:
    if path in fields:
        return fields[path]
    found: Any = fields
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if not isinstance(found, Mapping) else None
