"""Parquet files as records, a row each: nested columns come as lists and objects."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from stream.errors import InputError
from stream.intake.readers.port import Record

BATCH_ROWS = 1_000


def parquet_records(path: str) -> Iterator[Record]:
    """The rows; raises InputError when the file cannot be read."""
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield Record(f"row {number}", row)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: after row {number}: not Parquet ({error}); export or copy it again") from None
