from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import pyarrow as pa

from stream.arrow_rows import columns_page, schema_of, table_of


class Row(NamedTuple):
    name: Annotated[str, "who"]
    share: Annotated[float | None, "0 to 1"]
    at: Annotated[datetime, "when"]
    counts: Annotated[Mapping[str, int], "how often"]


class More(NamedTuple):
    more: Annotated[bool, "whether there is more"]


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_names_types_nullability_and_meaning_come_from_the_declaration():
    schema = schema_of(Row)

    assert schema.names == ["name", "share", "at", "counts"]
    assert schema.field("at").type == pa.timestamp("ms", tz="UTC")
    assert [field.nullable for field in schema] == [False, True, False, False]
    assert schema.field("share").metadata == {b"description": b"0 to 1"}


def test_rows_become_a_table_and_no_rows_one_with_the_same_columns():
    table = table_of([Row("ann", None, NOON, {"a": 2})], Row)

    assert table.to_pylist() == [{"name": "ann", "share": None, "at": NOON, "counts": [("a", 2)]}]
    assert table_of([], Row).schema == table.schema
    assert table_of([], Row).num_rows == 0


def test_several_declarations_make_one_row():
    table = table_of([("ann", None, NOON, {}, True)], Row, More)

    assert table.schema.names == [*Row._fields, "more"]
    assert table.to_pylist()[0]["more"] is True


def test_a_document_shows_each_column():
    assert "| `share` | double, may be null | 0 to 1 |" in columns_page(Row)
