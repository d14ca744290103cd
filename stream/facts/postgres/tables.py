"""The tables in PostgreSQL, in a schema of their own: a database may serve others too."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stream.facts.columns import DAILY, FINDINGS, LABELS, Field, Table, Type

SCHEMA = "facts"
_TYPES: dict[Type, sa.types.TypeEngine[Any]] = {
    Type.DAY: sa.Date(),
    Type.TEXT: sa.Text(),
    Type.BYTES: sa.LargeBinary(),
    Type.WHOLE: sa.BigInteger(),
    Type.SHARE: sa.Double(),
    Type.MONEY: sa.Numeric(24, 6),
    Type.MOMENT: TIMESTAMP(timezone=True, precision=3),
    Type.TRUTH: sa.Boolean(),
}

metadata = sa.MetaData(schema=SCHEMA)
STATE = sa.Table(
    "state",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False, comment="commits so far"),
    sa.Column("standing", sa.Text, nullable=False, comment="positions in the logs, JSON"),
    comment="How far the facts have come. Written in the transaction that writes the rows.",
)


def _made(table: Table) -> sa.Table:
    return sa.Table(
        table.name,
        metadata,
        *map(_column, table.fields),
        sa.PrimaryKeyConstraint("day", *table.key, name=f"pk_{table.name}"),
        comment=table.about,
    )


def _column(field: Field) -> "sa.Column[object]":
    unit = f" [{field.unit}]" if field.unit else ""
    worked_out = [sa.Computed(field.ratio.sql, persisted=True)] if field.ratio else []
    return sa.Column(field.name, _TYPES[field.type], *worked_out, nullable=field.nullable, comment=field.meaning + unit)


DAILY_TABLE, FINDINGS_TABLE, LABELS_TABLE = map(_made, (DAILY, FINDINGS, LABELS))
NOTHING_STANDS = sa.text("judgments = 0 AND skipped = 0 AND escalated = 0")
sa.Index("ix_daily_facts_empty", DAILY_TABLE.c.day, postgresql_where=NOTHING_STANDS)
sa.Index("ix_daily_facts_rater_id", DAILY_TABLE.c.rater_id)
sa.Index("ix_findings_rater_id", FINDINGS_TABLE.c.rater_id)
