"""Who sent a sample, and with which correction, so that each of them can withdraw it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = "sample_sources"
_INDEXED = ("sha256", "key_id", "prediction_id")


def upgrade() -> None:
    """A table beside the samples; of those that are there, the list knows the first sender."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("prediction_id", sa.String(36)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sample_sources"),
    )
    for column in _INDEXED:
        op.create_index(f"ix_{_TABLE}_{column}", _TABLE, [column])
    op.execute(
        "INSERT INTO sample_sources (id, sha256, key_id, prediction_id, created_at) "
        "SELECT substr(sha256, 1, 36), sha256, key_id, NULL, created_at FROM samples"
    )


def downgrade() -> None:
    """The samples stay, with who sent each first."""
    for column in _INDEXED:
        op.drop_index(f"ix_{_TABLE}_{column}", _TABLE)
    op.drop_table(_TABLE)
