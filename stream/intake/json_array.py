"""A JSON array of judgments, an object each, read in bounded memory."""

from collections.abc import Iterator
from itertools import islice

from stream.errors import InputError
from stream.intake.jsonl_file import table_of
from stream.intake.opening import Watch, unwatched
from stream.intake.readers.json_records import json_records
from stream.intake.table import CHUNK_ROWS, Reading, Table


def read_json_array(path: str, reading: Reading, watch: Watch = unwatched) -> Iterator[Table]:
    """Tables of the array's objects; raises InputError naming the record. Other events than judgments come in lines."""
    records = json_records(path, watch)
    while chunk := [(record.place, dict(record.fields)) for record in islice(records, CHUNK_ROWS)]:
        for place, fields in chunk:
            if fields.get("type", "judgment") != "judgment":
                raise InputError(f"{path}: {place}: an array holds judgments only; write other events one a line")
        yield table_of(chunk, reading.columns)
