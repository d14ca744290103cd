"""Scorecards, disputes about them, and days that do not count."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "scorecards",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("vendor", sa.String(length=128), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("issued_by", sa.String(length=128), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("dispute_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("vendor_signed_by", sa.String(length=128), nullable=True),
        sa.Column("vendor_signed_ms", sa.BigInteger(), nullable=True),
        sa.Column("our_signed_by", sa.String(length=128), nullable=True),
        sa.Column("our_signed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_scorecards"),
    )
    op.create_index("uq_scorecards_vendor_period", "scorecards", ["vendor", "period"], unique=True)
    op.create_table(
        "disputes",
        sa.Column("id", _COUNTED, nullable=False),
        sa.Column("scorecard_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecards.id"], name="fk_disputes_scorecard_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_scorecard_id", "disputes", ["scorecard_id"])
    op.create_table(
        "exclusions",
        sa.Column("id", _COUNTED, nullable=False),
        sa.Column("queue", sa.String(length=128), nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exclusions"),
    )


def downgrade() -> None:
    """Back again."""
    op.drop_table("exclusions")
    op.drop_table("disputes")
    op.drop_table("scorecards")
