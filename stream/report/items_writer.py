"""Item rows into items.csv and items.parquet, a part at a time; a reader never sees half a file."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stream.arrow_rows import schema_of, table_of
from stream.backtest.report import cell, replacing
from stream.report.items_file import ItemRow

CSV, PARQUET = "items.csv", "items.parquet"
ROWS_A_GROUP = 50_000  # of the Parquet file: what is held in memory at once


class ItemsWriter:
    """Takes rows in parts of any size; made by `items_writer`."""

    def __init__(self, text: Any, parquet: pq.ParquetWriter) -> None:
        self._csv, self._parquet = csv.writer(text, lineterminator="\n"), parquet
        self._csv.writerow(ItemRow._fields)
        self._rows: list[ItemRow] = []
        self.written = 0

    def add(self, rows: Iterable[ItemRow]) -> None:
        """Writes these too."""
        rest = iter(rows)
        while part := list(islice(rest, ROWS_A_GROUP - len(self._rows))):
            self._csv.writerows([_cell(value) for value in row] for row in part)
            self._rows += part
            self.written += len(part)
            if len(self._rows) == ROWS_A_GROUP:
                self.flush()

    def flush(self) -> None:
        """Ends the group of rows at hand."""
        if self._rows:
            self._parquet.write_table(table_of(self._rows, ItemRow))
            self._rows = []


@contextmanager
def items_writer(folder: Path) -> Iterator[ItemsWriter]:
    """Both files appear in the folder, which is there, when the block ends well; until then earlier ones stay."""
    draft = folder / f"{PARQUET}.part"
    with (
        replacing(folder / CSV) as text,
        pq.ParquetWriter(draft, schema_of(ItemRow), compression="zstd") as parquet,
    ):
        writer = ItemsWriter(text, parquet)
        yield writer
        writer.flush()
    draft.replace(folder / PARQUET)


def _cell(value: object) -> object:
    if isinstance(value, Mapping):
        return json.dumps({name: cell(one) for name, one in value.items()}, ensure_ascii=False)
    return cell(value)
