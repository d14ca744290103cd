"""Rows of findings and adjudicated labels as Arrow tables: a set by key, whatever the order and however often told."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from stream.facts.arrow_schema import arrow_schema
from stream.facts.columns import Table
from stream.facts.port import Row


def told_table(table: Table, rows: Sequence[Row]) -> pa.Table:
    """Of rows with days since 1970 and moments in ms."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))


def add_rows(table: Table, stored: pa.Table | None, news: pa.Table) -> pa.Table:
    """Both, without the rows whose key is there already; sorted by key."""
    known = set(_keys(table, stored)) if stored is not None else set()
    fresh = news.filter(pa.array([key not in known for key in _keys(table, news)], pa.bool_()))
    both = fresh if stored is None else pa.concat_tables([stored, fresh])
    return both.sort_by([(name, "ascending") for name in table.key])


def without_raters(rows: pa.Table, is_theirs: Callable[[str], bool]) -> pa.Table:
    """Without those about raters of whom this is true."""
    theirs = [name for name in pc.unique(rows["rater_id"]).to_pylist() if name is not None and is_theirs(name)]
    return rows.filter(pc.invert(pc.is_in(rows["rater_id"], pa.array(theirs, pa.string()))))


def _keys(table: Table, rows: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(rows[name].to_pylist() for name in table.key), strict=True))
