"""Frozen scorecards as PDF."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "papers",
        sa.Column("scorecard_id", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecards.id"], name="fk_papers_scorecard_id"),
        sa.PrimaryKeyConstraint("scorecard_id", "language", name="pk_papers"),
    )


def downgrade() -> None:
    """Back again."""
    op.drop_table("papers")
