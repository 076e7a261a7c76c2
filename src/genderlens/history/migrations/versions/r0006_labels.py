"""Words of any model: labels may be as long as a head lets them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = {
    ("predictions", "prediction"): True,
    ("feedback", "label"): False,
    ("samples", "label"): False,
}
"""Table and column, and whether it may be empty."""


def upgrade() -> None:
    """Wider columns; SQLite holds no text to its length, and is left as it is."""
    _resize(10, 40)


def downgrade() -> None:
    """Longer words are cut."""
    _resize(40, 10)


def _resize(before: int, after: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for (table, column), nullable in _COLUMNS.items():
        op.alter_column(
            table,
            column,
            existing_type=sa.String(before),
            type_=sa.String(after),
            existing_nullable=nullable,
            postgresql_using=f"substr({column}, 1, {after})",
        )
