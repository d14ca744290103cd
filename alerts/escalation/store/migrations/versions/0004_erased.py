"""Which raters were erased, by a hash."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "erased",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_erased"),
    )
    op.create_index("ix_erased_at_ms", "erased", ["at_ms"])


def downgrade() -> None:
    """Back again."""
    op.drop_table("erased")
