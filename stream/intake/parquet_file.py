"""Parquet files of judgments, read in bounded memory."""

from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq

from stream.errors import InputError
from stream.intake.cells import Cells
from stream.intake.opening import Watch, unwatched
from stream.intake.table import CHUNK_ROWS, Reading, Table, match_columns


def read_parquet(path: str, reading: Reading, _: Watch = unwatched) -> Iterator[Table]:
    """Tables of a Parquet file. Nobody is told of its bytes: it is not read from one end to the other."""
    try:
        with pq.ParquetFile(path) as file:
            names = match_columns(path, file.schema_arrow.names, reading.columns)
            before = 0
            for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=sorted(set(names.values()))):
                columns = {ours: _cells(path, name, batch.column(name)) for ours, name in names.items()}
                yield Table(columns, names, batch.num_rows, partial(_place, before))
                before += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet ({error}); check the path, or export it again") from None


def _place(before: int, row: int) -> str:
    return f"row {before + row + 1}"


def _cells(path: str, name: str, column: pa.Array) -> Cells:
    if pa.types.is_timestamp(column.type):
        if column.type.tz is None:
            raise InputError(f"{path}: column {name} has times without a time zone; store them as UTC or as ms")
        column = column.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())
    cells: Cells = column.to_pylist()
    return cells
