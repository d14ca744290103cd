"""CSV files of judgments, read in bounded memory."""

import csv
from collections.abc import Iterator
from itertools import islice

from stream.errors import InputError
from stream.intake.opening import Watch, open_text, unwatched
from stream.intake.table import CHUNK_ROWS, Reading, Table, match_columns

DELIMITERS = ",;\t"


def read_csv(path: str, reading: Reading, watch: Watch = unwatched) -> Iterator[Table]:
    """Tables of a CSV file with a header line; comma, semicolon or tab, whichever the header uses; also .gz."""
    with open_text(path, watch) as lines:
        rows = csv.reader(lines)
        try:
            delimiter = delimiter_of(lines.readline())
            lines.seek(0)
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(rows, [])]
            names = match_columns(path, header, reading.columns)
            before = 0
            while chunk := [row for row in islice(rows, CHUNK_ROWS) if row]:
                yield _table(path, header, names, chunk, before)
                before += len(chunk)
        except csv.Error as error:
            raise InputError(f"{path}: line {rows.line_num}: {error}; check the quotes") from None
        except UnicodeDecodeError:
            raise InputError(
                f"{path}: not UTF-8 somewhere after line {rows.line_num}; save the file as UTF-8"
            ) from None


def delimiter_of(header: str) -> str:
    """Comma, semicolon or tab, whichever the header has most of."""
    return max(DELIMITERS, key=header.count)


def _table(path: str, header: list[str], names: dict[str, str], chunk: list[list[str]], before: int) -> Table:
    def place(row: int) -> str:
        return f"line {_line(path, before + row)}"

    width = len(header)
    if any(len(row) != width for row in chunk):
        at = next(at for at, row in enumerate(chunk) if len(row) != width)
        raise InputError(f"{path}: {place(at)}: {len(chunk[at])} cells under {width} columns; check commas and quotes")
    columns = dict(zip(header, zip(*chunk, strict=True), strict=True))
    return Table({ours: columns[name] for ours, name in names.items()}, names, len(chunk), place)


def _line(path: str, row: int) -> int:
    """The line where a row ends; found by reading again, so that the good path need not keep count."""
    with open_text(path) as lines:
        delimiter = delimiter_of(lines.readline())
        lines.seek(0)
        rows = csv.reader(lines, delimiter=delimiter)
        filled = (rows.line_num for cells in rows if cells)
        return next(islice(filled, row + 1, None))
