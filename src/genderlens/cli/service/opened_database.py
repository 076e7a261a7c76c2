"""The database of the settings, open while a command works with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.history.database import Database


@contextmanager
def opened_database() -> Iterator[Database]:
    """A database that was reached and is up to date; DatabaseError where it cannot be."""
    from genderlens.history.database import open_database

    database = open_database(load_settings())
    try:
        yield database
    finally:
        database.close()
