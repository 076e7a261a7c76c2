from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from genderlens.errors import UnknownKeyError
from genderlens.history.database import Database
from genderlens.history.keys import (
    KEY_PATTERN,
    create_key,
    hash_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from genderlens.history.tables import now

PREDICT = frozenset({"predict"})


def test_a_key_is_never_stored(database: Database) -> None:
    stored, key = create_key(database, "app", PREDICT)
    assert KEY_PATTERN.fullmatch(key)
    with database.begin() as connection:
        row = str(connection.execute(text("SELECT * FROM api_keys")).all())
    secret = key.rpartition("_")[2]
    assert secret not in row
    assert hash_key(key) in row
    assert secret not in str(stored.to_dict())
    assert "sha256" not in stored.to_dict()


def test_keys_differ_and_come_back_as_made(database: Database) -> None:
    scopes = frozenset({"train", "admin"})
    until = now() + timedelta(days=3)
    first, key = create_key(database, "app", scopes, expires_at=until, rate_limit="5/minute")
    _, other = create_key(database, "app", PREDICT)
    read = list_keys(database)[0]
    assert read == first
    assert read.scopes == scopes
    assert read.matches(key, now())
    assert not read.matches(other, now())
    assert not read.matches(key[:-1], now())


def test_expiry(database: Database) -> None:
    stored, _ = create_key(database, "app", PREDICT, expires_at=now() + timedelta(days=1))
    assert stored.fault(now()) is None
    assert stored.fault(now() + timedelta(days=2)) == "expired"


def test_revoking_is_for_good(database: Database) -> None:
    stored, _ = create_key(database, "app", PREDICT)
    revoke_key(database, stored.id)
    (read,) = list_keys(database)
    assert read.fault(now()) == "revoked"
    for change in (
        lambda: revoke_key(database, stored.id),
        lambda: rotate_key(database, stored.id, timedelta(0)),
        lambda: revoke_key(database, "' OR 1=1 --"),
    ):
        with pytest.raises(UnknownKeyError):
            change()


def test_rotation_keeps_the_id_and_lets_the_old_key_run_out(database: Database) -> None:
    stored, old = create_key(database, "app", PREDICT)
    new = rotate_key(database, stored.id, timedelta(hours=1))
    (read,) = list_keys(database)
    assert re.findall("_([0-9a-f]{12})_", old + new) == [stored.id] * 2
    assert read.matches(new, now())
    assert read.matches(old, now())
    assert read.matches(new, now() + timedelta(hours=2))
    assert not read.matches(old, now() + timedelta(hours=2))
    assert rotate_key(database, stored.id, timedelta(0)) != new
    assert not list_keys(database)[0].matches(new, now())
