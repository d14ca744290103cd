"""Comma and tab separated files as records, a row each."""

import csv
from collections.abc import Iterator

from stream.errors import InputError
from stream.intake.csv_file import delimiter_of
from stream.intake.opening import Watch, open_bytes, open_text
from stream.intake.readers.port import Record

HEADER_BYTES = 1 << 20


def csv_records(path: str, watch: Watch) -> Iterator[Record]:
    """The rows under the header; raises InputError naming the line with too few cells or a quote left open."""
    with open_text(path, watch) as lines:
        rows = csv.reader(lines)
        try:
            delimiter = delimiter_of(lines.readline())
            lines.seek(0)
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(rows, [])]
            for row in rows:
                if not row:
                    continue
                if len(row) != len(header):
                    raise InputError(
                        f"{path}: line {rows.line_num}: {len(row)} cells under {len(header)} columns; is the file "
                        "complete? Check separators and quotes there"
                    )
                yield Record(f"line {rows.line_num}", dict(zip(header, row, strict=True)))
        except csv.Error as error:
            raise InputError(f"{path}: line {rows.line_num}: {error}; is the file complete? Check the quotes") from None
        except UnicodeDecodeError:
            raise InputError(f"{path}: not UTF-8 after line {rows.line_num}; save the file as UTF-8") from None


def header_record(path: str) -> Record | None:
    """The names of a table's columns, with nothing in them; None when the first line is none of a table."""
    with open_bytes(path) as lines:
        first = lines.readline(HEADER_BYTES)
    try:
        begin = first.decode("utf-8-sig")
        header = next(csv.reader([begin], delimiter=delimiter_of(begin)), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return Record("line 1", dict.fromkeys((name.strip() for name in header), ""))
