"""Keys, predictions, corrections and samples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("rate_limit", sa.String(50)),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("expires_at", _Moment),
        sa.Column("revoked_at", _Moment),
        sa.Column("previous_sha256", sa.String(64)),
        sa.Column("previous_until", _Moment),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    _create_predictions()
    op.create_table(
        "feedback",
        sa.Column("prediction_id", sa.String(36), nullable=False),
        sa.Column("label", sa.String(10), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("created_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("prediction_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(
            ["prediction_id"],
            ["predictions.id"],
            name="fk_feedback_prediction_id",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "samples",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("label", sa.String(10), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("created_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_samples"),
    )


def _create_predictions() -> None:
    op.create_table(
        "predictions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("prediction", sa.String(10)),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("person_count", sa.Integer, nullable=False),
        sa.Column("error_code", sa.String(40)),
        sa.Column("faces", sa.JSON, nullable=False),
        sa.Column("model_version", sa.Text, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_predictions"),
    )
    op.create_index("ix_predictions_key_id", "predictions", ["key_id", "id"])
    op.create_index("ix_predictions_sha256", "predictions", ["sha256"])


def downgrade() -> None:
    """Back to an empty database; everything in it is lost."""
    for table in ("samples", "feedback", "predictions", "api_keys"):
        op.drop_table(table)
