"""Files of judgments for backtest and replay: a tool's export (`readers/`), or CSV, JSON and Parquet with our columns.

Of our columns item_id, rater_id and label are needed; `table.COLUMNS` names the others. What a file leaves out is
filled in: the row's number for judgment_id, one queue and one vendor, and, where there is no clock,
2020-01-01T00:00:00Z plus a second a row. Rows keep the file's order; a column `order` is not read, so sort such a file
by it beforehand. An item or judgment id above 512 characters, such as a long web address, keeps its beginning and ends
in a hash of the whole.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePath

import msgspec

from stream.errors import InputError
from stream.events import Event, Gold, Judgment, Retraction, Verdict
from stream.intake.csv_file import read_csv
from stream.intake.json_array import read_json_array
from stream.intake.jsonl_file import read_jsonl
from stream.intake.opening import Watch, unwatched
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.readers.export import Export
from stream.intake.readers.port import Reader
from stream.intake.readers.recognise import recognise
from stream.intake.readers.records import is_json_array
from stream.intake.readers.tool_file import ToolFile
from stream.intake.table import Reading, Table
from stream.intake.table_reader import TableReader

Parts = Callable[[str, Reading, Watch], Iterator[Event | Table]]


class EventFile:
    """A file's events in its order, read anew by each iteration.

    Iterating raises InputError that names file, line, column and what to do. `watch` is told of the bytes as they are
    read.
    """

    def __init__(self, path: str, reading: Reading | None = None, watch: Watch = unwatched) -> None:
        self.path, self._reading, self._watch = path, reading or Reading(), watch
        self._tables = TableReader(path, self._reading)
        self._tool: ToolFile | None = None

    @property
    def has_clock(self) -> bool:
        """False once rows without a time were read: times then tell their order and nothing else."""
        return self._tables.has_clock is not False

    @property
    def export(self) -> Export | None:
        """What the last iteration found in a tool's export; None for rows of our columns."""
        return None if self._tool is None else self._tool.export

    def __iter__(self) -> Iterator[Event]:
        self._tables = TableReader(self.path, self._reading)
        reader = recognise(self.path, self._reading)
        return self._own() if reader is None else self._exported(reader)

    def _exported(self, reader: type[Reader]) -> Iterator[Event]:
        self._tool = ToolFile(self.path, self._reading, reader, self._watch)
        for part in self._tool.tables():
            for judgment, is_known in zip(self._tables.judgments(part.table), part.are_known, strict=True):
                yield known_answer(judgment) if is_known else judgment

    def _own(self) -> Iterator[Event]:
        if self._reading.question is not None:
            raise InputError(f"{self.path}: no tool's export, so it has no questions; leave out --question")
        pseudonym = self._reading.pseudonym
        for part in _parts(self.path)(self.path, self._reading, self._watch):
            if isinstance(part, Table):
                yield from self._tables.judgments(part)
            elif pseudonym is not None and isinstance(part, Judgment | Retraction | Verdict):
                yield _under_pseudonym(part, pseudonym)
            else:
                yield part


def known_answer(judgment: Judgment) -> Gold:
    """The judgment of somebody who knows: what stands in it is the item's known answer."""
    return Gold(
        queue=judgment.queue,
        item_id=judgment.item_id,
        label=judgment.label,
        # Revision 0 is a known answer that stands in a judgment.
        revision=judgment.revision + 1,
        at=judgment.submitted_at,
        guideline=judgment.guideline,
    )


def _parts(path: str) -> Parts:
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if kind in {".csv", ".tsv", ".txt"}:
        return read_csv
    if kind in {".jsonl", ".ndjson", ".json"}:
        return read_json_array if is_json_array(path) else read_jsonl
    if kind in {".parquet", ".pq"}:
        from stream.intake.parquet_file import read_parquet  # noqa: PLC0415 - loads a large library that few need

        return read_parquet
    raise InputError(
        f"{path}: no export of a tool that is known, and its name does not end in .csv, .jsonl, .json or .parquet "
        "(or these and .gz); rename or convert it"
    )


def _under_pseudonym(event: Judgment | Retraction | Verdict, pseudonym: Callable[[str], str]) -> Event:
    if looks_like_pseudonym(event.rater_id):
        return event
    return msgspec.structs.replace(event, rater_id=pseudonym(event.rater_id))
