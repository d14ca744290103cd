"""Files of judgments for backtest and replay: CSV, JSON lines and Parquet, one judgment a row.

The columns item_id, rater_id and label are needed; `table.COLUMNS` names the others. What a file leaves out is filled
in: the row's number for judgment_id, one queue and one vendor, and, where there is no clock, 2020-01-01T00:00:00Z plus
a second a row. Rows keep the file's order; a column `order` is not read, so sort such a file by it beforehand. An item
or judgment id above 512 characters, such as a long web address, keeps its beginning and ends in a hash of the whole.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePath

import msgspec

from stream.errors import InputError
from stream.events import Event, Judgment, Retraction, Verdict
from stream.intake.csv_file import read_csv
from stream.intake.jsonl_file import read_jsonl
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.table import Reading, Table
from stream.intake.table_reader import TableReader


class EventFile:
    """A file's events in its order, read anew by each iteration.

    Iterating raises InputError that names file, line, column and what to do.
    """

    def __init__(self, path: str, reading: Reading | None = None) -> None:
        self.path, self._reading = path, reading or Reading()
        self._tables = TableReader(path, self._reading)

    @property
    def has_clock(self) -> bool:
        """False once rows without a time were read: times then tell their order and nothing else."""
        return self._tables.has_clock is not False

    def __iter__(self) -> Iterator[Event]:
        self._tables = TableReader(self.path, self._reading)
        pseudonym = self._reading.pseudonym
        for part in _parts(self.path)(self.path, self._reading):
            if isinstance(part, Table):
                yield from self._tables.judgments(part)
            elif pseudonym is not None and isinstance(part, Judgment | Retraction | Verdict):
                yield _under_pseudonym(part, pseudonym)
            else:
                yield part


def _parts(path: str) -> Callable[[str, Reading], Iterator[Event | Table]]:
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if kind in {".csv", ".tsv", ".txt"}:
        return read_csv
    if kind in {".jsonl", ".ndjson", ".json"}:
        return read_jsonl
    if kind in {".parquet", ".pq"}:
        from stream.intake.parquet_file import read_parquet  # noqa: PLC0415 - loads a large library that few need

        return read_parquet
    raise InputError(f"{path}: a name ends in .csv, .jsonl or .parquet (or .csv.gz, .jsonl.gz); rename or convert it")


def _under_pseudonym(event: Judgment | Retraction | Verdict, pseudonym: Callable[[str], str]) -> Event:
    if looks_like_pseudonym(event.rater_id):
        return event
    return msgspec.structs.replace(event, rater_id=pseudonym(event.rater_id))
