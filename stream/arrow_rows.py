"""Rows declared once, as a NamedTuple, and written as Arrow: names, types, what may be missing, and what each means.

A field is `Annotated[type, "what it is, its unit and range"]`. The annotation is the column's description, in the file
and in the documents; `| None` makes it nullable; a mapping becomes an Arrow map, a `datetime` a UTC timestamp.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import pyarrow as pa


class Described(NamedTuple):
    """A column as a document shows it."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


def described(*parts: type[Any]) -> list[Described]:
    """The columns of a NamedTuple in order; of several, one after another."""
    return [
        _described(name, get_type_hints(part, include_extras=True)[name]) for part in parts for name in part._fields
    ]


def schema_of(*parts: type[Any]) -> pa.Schema:
    """The Arrow schema, each field with its description."""
    return pa.schema(
        pa.field(one.name, one.type, nullable=one.nullable, metadata={"description": one.meaning})
        for one in described(*parts)
    )


def table_of(rows: Iterable[Sequence[Any]], *parts: type[Any]) -> pa.Table:
    """Rows as an Arrow table; none give a table with the same columns."""
    schema = schema_of(*parts)
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(_plain(column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def columns_page(*parts: type[Any]) -> str:
    """The columns as a table of a document."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for one in described(*parts):
        missing = ", may be null" if one.nullable else ""
        lines.append(f"| `{one.name}` | {one.type}{missing} | {one.meaning} |")
    return "\n".join(lines) + "\n"


_TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("ms", tz="UTC"),
}


def _described(name: str, hint: Any) -> Described:
    kind, meaning = get_args(hint)
    kinds = [one for one in get_args(kind) if one is not NoneType] if NoneType in get_args(kind) else [kind]
    return Described(name, _type_of(kinds[0]), NoneType in get_args(kind), meaning)


def _type_of(kind: Any) -> pa.DataType:
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
        return pa.map_(*(_type_of(part) for part in get_args(kind)))
    return _TYPES[kind]


def _plain(column: Sequence[Any]) -> list[Any]:
    """Arrow takes a map as its pairs."""
    return [list(value.items()) if isinstance(value, Mapping) else value for value in column]
