"""The tables as Arrow and Parquet know them."""

import pyarrow as pa

from stream.facts.columns import Field, Table, Type

_TYPES = {
    Type.DAY: pa.date32(),
    Type.TEXT: pa.string(),
    Type.BYTES: pa.binary(),
    Type.WHOLE: pa.int64(),
    Type.SHARE: pa.float64(),
    Type.MONEY: pa.decimal128(18, 6),
    Type.MOMENT: pa.timestamp("ms", tz="UTC"),
    Type.TRUTH: pa.bool_(),
}


def arrow_schema(table: Table) -> pa.Schema:
    """With each column's unit and meaning in its metadata."""
    return pa.schema([_field(field) for field in table.fields], metadata={"about": table.about})


def _field(field: Field) -> pa.Field:
    said = {"meaning": field.meaning} | ({"unit": field.unit} if field.unit else {})
    return pa.field(field.name, _TYPES[field.type], nullable=field.nullable, metadata=said)
