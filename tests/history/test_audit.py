from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from genderlens.errors import DatabaseError
from genderlens.history.audit import (
    ACTIONS,
    FIRST_HASH,
    AuditEntry,
    Chain,
    append_entry,
    iterate_entries,
    list_entries,
    local_actor,
    record,
    verify_chain,
)
from genderlens.history.database import Database
from genderlens.history.tables import now
from genderlens.settings import load_settings
from service.keyed import unreachable_database


def write(database: Database, count: int) -> None:
    for number in range(count):
        detail = {"count": number, "name": "größe", "share": 0.1, "none": None}
        append_entry(database, AuditEntry("key:k", "model.promote", f"v{number}", detail=detail))


def tamper(database: Database, statement: str) -> None:
    """As somebody with the rights of the database's owner can."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{change}"))
        connection.execute(text(statement))


def test_entries_are_numbered_and_hang_together(database: Database) -> None:
    assert verify_chain(database) == Chain(0, FIRST_HASH, None)
    write(database, 3)
    rows = list(iterate_entries(database))
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert rows[0]["detail"] == {"count": 0, "name": "größe", "share": 0.1, "none": None}
    assert verify_chain(database) == Chain(3, rows[-1]["sha256"], None)
    assert len({row["sha256"] for row in rows}) == 3


def test_pages_newest_first(database: Database) -> None:
    write(database, 5)

    def numbers(**wanted: Any) -> list[int]:
        return [row["number"] for row in list_entries(database, limit=2, **wanted)]

    assert numbers() == [5, 4]
    assert numbers(before=4) == [3, 2]
    assert numbers(since=now() - timedelta(hours=1)) == [5, 4]
    assert numbers(since=now() + timedelta(hours=1)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(database: Database, statement: str) -> None:
    write(database, 2)
    with pytest.raises(DatabaseError, match="append-only"), database.begin() as connection:
        connection.execute(text(statement))
    assert verify_chain(database).entries == 2


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor = 'key:other' WHERE number = 2", 2),
        ("UPDATE audit SET result = 'refused' WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 3),
        ("UPDATE audit SET number = 9 WHERE number = 3", 9),
    ],
)
def test_a_change_behind_our_back_is_found(
    database: Database, statement: str, broken_at: int
) -> None:
    write(database, 3)
    tamper(database, statement)
    assert verify_chain(database).broken_at == broken_at


def test_long_and_hostile_words_are_tamed(database: Database) -> None:
    append_entry(database, AuditEntry("key:k", "model.add", "x\n\x1b[2J" + "y" * 500))
    (row,) = iterate_entries(database)
    assert len(row["object"]) == 200
    assert row["object"].startswith("x\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2Jy")
    assert verify_chain(database).broken_at is None


def test_what_cannot_be_noted_is_told() -> None:
    settings = load_settings(database_url=unreachable_database())
    why = record(settings, AuditEntry(local_actor(), "model.add", "v"))
    assert why is not None
    assert "verysecret" not in why


def test_the_columns_hold_what_is_written() -> None:
    assert max(map(len, ACTIONS)) <= 40
