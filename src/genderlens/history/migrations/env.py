"""Runs migrations on the connection that ``Database.migrate`` gives; there is no other way in."""

from __future__ import annotations

from alembic import context

from genderlens.history.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
