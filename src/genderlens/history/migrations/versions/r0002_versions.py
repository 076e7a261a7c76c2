"""Figures of each model version without reading those of all others."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index beside the table."""
    op.create_index("ix_predictions_model_version", "predictions", ["model_version", "id"])


def downgrade() -> None:
    """Nothing is lost."""
    op.drop_index("ix_predictions_model_version", "predictions")
