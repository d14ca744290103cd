"""A tool's file as records, in bounded memory, whatever it is written in: its first bytes tell."""

from collections.abc import Iterator

from stream.errors import InputError
from stream.intake.opening import Watch, open_bytes, unwatched
from stream.intake.readers.cvat_xml import xml_records
from stream.intake.readers.json_records import json_records
from stream.intake.readers.port import Record
from stream.intake.readers.table_records import csv_records, header_record

_LOOKED_AT = 4_096


def records_of(path: str, watch: Watch = unwatched) -> Iterator[Record]:
    """The file's records in their order; raises InputError naming file and place when it is malformed or cut off."""
    begin = _begin(path)
    if begin[:1] in {b"[", b"{"}:
        return json_records(path, watch)
    if begin[:1] == b"<":
        return xml_records(path, watch)
    if begin[:4] == b"PAR1":
        from stream.intake.readers.parquet_records import parquet_records  # noqa: PLC0415 - loads a large library

        return parquet_records(path)
    if begin[:2] == b"PK":
        raise InputError(f"{path}: is a zip archive; unpack it and give the file in it")
    return csv_records(path, watch)


def first_record(path: str) -> Record | None:
    """What tells a file's format: its first record, of a table the names of its columns. None where there is none."""
    if _begin(path)[:1] in {b"[", b"{", b"<"} or _begin(path)[:4] in {b"PAR1", b"PK\x03\x04"}:
        return next(records_of(path), None)
    return header_record(path)


def is_json_array(path: str) -> bool:
    """Whether the file is one JSON array, not an object a line."""
    return _begin(path)[:1] == b"["


def _begin(path: str) -> bytes:
    with open_bytes(path) as file:
        return file.read(_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip()
