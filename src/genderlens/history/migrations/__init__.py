"""Alembic's environment and the changes of the schema, oldest first."""
