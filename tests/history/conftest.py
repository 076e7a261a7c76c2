"""A database at the newest schema, of each kind in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genderlens.history.database import Database, open_database
from genderlens.settings import load_settings


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(load_settings(database_url=database_url))
    yield database
    database.close()
