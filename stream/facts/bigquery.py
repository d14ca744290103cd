"""The tables' schemas as BigQuery reads them: a JSON file a table, for `bq load` and `bq mk`."""

import json

from stream.facts.columns import Field, Table, Type

_TYPES = {
    Type.DAY: "DATE",
    Type.TEXT: "STRING",
    Type.BYTES: "BYTES",
    Type.WHOLE: "INTEGER",
    Type.SHARE: "FLOAT",
    Type.MONEY: "NUMERIC",
    Type.MOMENT: "TIMESTAMP",
    Type.TRUTH: "BOOLEAN",
}


def bigquery_schema(table: Table) -> str:
    """The file's text; columns stand as in the Parquet files, which load without a change."""
    return json.dumps([_column(field) for field in table.fields], indent=2, ensure_ascii=False) + "\n"


def _column(field: Field) -> dict[str, str]:
    unit = f" [{field.unit}]" if field.unit else ""
    return {
        "name": field.name,
        "type": _TYPES[field.type],
        "mode": "NULLABLE" if field.nullable else "REQUIRED",
        "description": field.meaning + unit,
    }
