"""Retraining jobs: queue and records, in the database that is there anyway."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty queue; that of an earlier version is read when the queue is first used."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("owner", sa.String(200)),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )


def downgrade() -> None:
    """The jobs are lost; let them end first."""
    op.drop_table("jobs")
