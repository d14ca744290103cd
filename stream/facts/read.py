"""Reads fact files: `read_facts("facts/", "daily_facts")` gives a table of Arrow, for pandas, Polars or DuckDB."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stream.errors import InputError
from stream.facts.arrow_schema import arrow_schema
from stream.facts.columns import TABLES
from stream.facts.manifest import read_manifest

_TRIES = 5  # a reader slower than two commits finds a file gone, and reads the manifest again


def fact_files(
    folder: Path | str, table: str = "daily_facts", *, since: date | None = None, until: date | None = None
) -> list[Path]:
    """The table's files of the days from `since` up to, not including, `until`, in their order.

    They are there until the second commit from now on. Raises InputError for a folder or table that is none.
    """
    if table not in {one.name for one in TABLES}:
        raise InputError(f"there is no table {table!r}: choose one of {', '.join(one.name for one in TABLES)}")
    manifest = read_manifest(Path(folder))
    if manifest is None:
        raise InputError(f"{folder} holds no facts: `raterwatch facts run --to {folder}` writes them")
    first, end = (since or date.min).isoformat(), (until or date.max).isoformat()
    parts = manifest.parts.get(table, {})
    return [Path(folder) / part.file for day, part in sorted(parts.items()) if first <= day < end]


def read_facts(
    folder: Path | str,
    table: str = "daily_facts",
    *,
    columns: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> pa.Table:
    """The rows of these days as one commit left them, all columns or some. Raises InputError like `fact_files`."""
    schema = next((arrow_schema(one) for one in TABLES if one.name == table), pa.schema([]))
    for tries_left in reversed(range(_TRIES)):
        files = fact_files(folder, table, since=since, until=until)
        try:
            parts = [pq.read_table(file, columns=columns, partitioning=None, schema=schema) for file in files]
            break
        except FileNotFoundError:
            if not tries_left:
                raise
    empty = schema.empty_table()
    return pa.concat_tables([empty.select(columns) if columns else empty, *parts])
