"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SCHEMA = "facts"
_SUMS = (
    *("judgments", "skipped", "escalated", "scored", "peers", "agreement_sum", "expected_sum"),
    *("gold_seen", "gold_right_sum", "audited", "overturned_sum", "audited_random", "overturned_random_sum"),
    *("timed", "log_time_sum", "log_time_squared_sum", "fast", "fast_known", "repeats", "repeats_same_sum"),
    *("cost_micro", "costed"),
)
_SHARES = (
    ("agreement", "CASE WHEN scored > 0 THEN agreement_sum::double precision / 1073741824 / scored END"),
    ("expected_agreement", "CASE WHEN scored > 0 THEN expected_sum::double precision / 1073741824 / scored END"),
    ("gold_accuracy", "CASE WHEN gold_seen > 0 THEN gold_right_sum::double precision / 1073741824 / gold_seen END"),
    ("overturn_ratio", "CASE WHEN audited > 0 THEN overturned_sum::double precision / 1073741824 / audited END"),
    (
        "random_overturn_ratio",
        "CASE WHEN audited_random > 0 THEN overturned_random_sum::double precision / 1073741824 / audited_random END",
    ),
    ("typical_duration_ms", "CASE WHEN timed > 0 THEN exp(log_time_sum::double precision / 1073741824 / timed) END"),
    ("fast_ratio", "CASE WHEN fast_known > 0 THEN fast::double precision / 1 / fast_known END"),
    ("self_consistency", "CASE WHEN repeats > 0 THEN repeats_same_sum::double precision / 1073741824 / repeats END"),
)


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=_SCHEMA,
    )
    op.create_table(
        "daily_facts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("row_key", sa.LargeBinary(), nullable=False),
        _text("rater_id", nullable=True),
        _text("queue"),
        _text("vendor"),
        _text("guideline", nullable=True),
        _text("locale", nullable=True),
        _text("currency", nullable=True),
        _text("stage"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        _worked_out("cost", sa.Numeric(24, 6), "CASE WHEN costed > 0 THEN cost_micro::numeric(24, 6) / 1000000 END"),
        *(_worked_out(name, sa.Double(), how) for name, how in _SHARES),
        sa.PrimaryKeyConstraint("day", "row_key", name="pk_daily_facts"),
        schema=_SCHEMA,
    )
    nothing = sa.text("judgments = 0 AND skipped = 0 AND escalated = 0")
    op.create_index("ix_daily_facts_empty", "daily_facts", ["day"], schema=_SCHEMA, postgresql_where=nothing)
    op.create_index("ix_daily_facts_rater_id", "daily_facts", ["rater_id"], schema=_SCHEMA)
    op.create_table(
        "findings",
        sa.Column("day", sa.Date(), nullable=False),
        _text("id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _text("event"),
        _text("why", nullable=True),
        _text("detector"),
        _text("state"),
        _text("queue"),
        _text("vendor", nullable=True),
        _text("rater_id", nullable=True),
        _moment("opened_at"),
        _moment("at"),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.Double(), nullable=True)
            for name in ("measure", "low", "high", "threshold", "nats", "nats_needed")
        ),
        sa.Column("judgments", sa.BigInteger(), nullable=False),
        sa.Column("peers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "id", "version", name="pk_findings"),
        schema=_SCHEMA,
    )
    op.create_index("ix_findings_rater_id", "findings", ["rater_id"], schema=_SCHEMA)
    op.create_table(
        "adjudicated_labels",
        sa.Column("day", sa.Date(), nullable=False),
        _text("queue"),
        _text("item_id"),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        _text("label", nullable=True),
        _text("sampling"),
        _text("severity"),
        _text("guideline", nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("day", "queue", "item_id", "revision", "at", name="pk_adjudicated_labels"),
        schema=_SCHEMA,
    )


def downgrade() -> None:
    """Back to nothing."""
    for table in ("adjudicated_labels", "findings", "daily_facts", "state"):
        op.drop_table(table, schema=_SCHEMA)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True, precision=3), nullable=False)


def _worked_out(name: str, kind: "sa.types.TypeEngine[Any]", how: str) -> "sa.Column[object]":
    return sa.Column(name, kind, sa.Computed(how, persisted=True), nullable=True)
