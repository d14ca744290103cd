"""CSV files of people as a vendor has them: a column holds the raw ids."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from stream.errors import InputError


class PeopleFile(NamedTuple):
    """A CSV file's header and rows, and which column holds the ids. Rows are read as they are asked for."""

    header: list[str]
    rows: Iterator[list[str]]
    column: int


def read_people(file: TextIO, name: Path, column: str) -> PeopleFile:
    """Reads the header. Raises InputError naming the file when the column is not there."""
    reader = csv.reader(file)
    try:
        header = next(reader, [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name} is no CSV file in UTF-8 ({error}): save it as one") from None
    if column not in header:
        raise InputError(
            f"{name} has no column {column!r}: name it with --column; there are {', '.join(header) or 'none'}"
        )
    return PeopleFile(header, _rows(reader, name, len(header)), header.index(column))


def open_people(path: Path) -> TextIO:
    """The file, opened as text. Raises InputError."""
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): correct the path") from None


def _rows(reader: Iterator[list[str]], name: Path, width: int) -> Iterator[list[str]]:
    """Complete rows. A fault names the line and never what stands in it."""
    line = 1
    try:
        for row in reader:
            line += 1
            if not row:
                continue
            if len(row) != width:
                raise InputError(f"{name}, row {line}: {len(row)} cells where the header has {width}; correct the row")
            yield row
    except (UnicodeDecodeError, csv.Error) as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else error
        raise InputError(f"{name}, after row {line}: not CSV in UTF-8 ({reason}); save it as such") from None
