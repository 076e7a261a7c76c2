from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.datastructures import Headers

from genderlens.client.addresses import is_loopback
from genderlens.errors import AuthenticationError, ForbiddenError
from genderlens.history.database import Database, open_database
from genderlens.history.keys import create_key, revoke_key, rotate_key
from genderlens.history.tables import now
from genderlens.service.middleware.auth import (
    Keyring,
    Principal,
    given_key,
    needs_keys,
    redact_keys,
)
from genderlens.settings import load_settings

KEY = f"gl_{'0' * 12}_{'1' * 64}"
PREDICT = frozenset({"predict"})


def given(*headers: tuple[str, str], query: bytes = b"") -> str:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return given_key(Headers(raw=raw), query)


@pytest.fixture
def database() -> Database:
    database = open_database(load_settings())
    database.close()
    return database


def test_both_headers_are_read() -> None:
    assert given(("authorization", f"Bearer {KEY}")) == KEY
    assert given(("authorization", f"bearer  {KEY} ")) == KEY
    assert given(("x-api-key", KEY)) == KEY
    assert given(("x-api-key", KEY), ("authorization", f"Bearer {KEY}")) == KEY


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ([], 'Bearer realm="genderlens"'),
        ([("authorization", "Basic dTpw")], 'error="invalid_token"'),
        ([("authorization", f"Bearer {KEY}"), ("x-api-key", "other")], 'error="invalid_token"'),
        ([("x-api-key", KEY), ("x-api-key", "other")], 'error="invalid_token"'),
    ],
)
def test_anything_else_is_challenged(headers: list[tuple[str, str]], challenge: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        given(*headers)
    assert challenge in caught.value.headers["WWW-Authenticate"]
    assert KEY not in caught.value.message


def test_a_key_in_a_url_is_not_taken() -> None:
    with pytest.raises(AuthenticationError, match="revoke") as caught:
        given(query=f"api_key={KEY}".encode())
    assert KEY not in caught.value.message


def test_the_ring_admits_what_opens(database: Database) -> None:
    stored, key = create_key(database, "app", PREDICT, rate_limit="3/minute")
    ring = Keyring(database)
    ring.load()
    assert ring.has_usable()
    assert ring.admit(key) == stored


def test_the_ring_refuses_all_else_and_says_why_to_those_who_hold_a_key(
    database: Database,
) -> None:
    revoked, revoked_key = create_key(database, "app", PREDICT)
    revoke_key(database, revoked.id)
    _, expired = create_key(database, "app", PREDICT, expires_at=now() - timedelta(seconds=1))
    rotated, old = create_key(database, "app", PREDICT)
    rotate_key(database, rotated.id, timedelta(0))
    ring = Keyring(database)
    ring.load()
    wrong = f"gl_{revoked.id}_{'0' * 64}"
    for key, why in (
        (revoked_key, "revoked"),
        (expired, "expired"),
        (old, "not known"),
        (wrong, "not known"),
        (KEY, "not known"),
        ("short", "not known"),
        ("x" * 100_000, "not known"),
        ("", "not known"),
    ):
        with pytest.raises(AuthenticationError, match=why) as caught:
            ring.admit(key)
        assert caught.value.code == "invalid_key"
    assert ring.has_usable()


def test_keys_are_compared_in_constant_time_also_where_there_is_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return one == other

    ring = Keyring(database)
    ring.load()
    monkeypatch.setattr("hmac.compare_digest", compare)
    with pytest.raises(AuthenticationError):
        ring.admit(KEY)
    assert len(compared) == 1


def test_no_key_is_usable(database: Database) -> None:
    ring = Keyring(database)
    ring.load()
    assert not ring.has_usable()


def test_scopes() -> None:
    Principal("k", frozenset({"train"})).require(frozenset({"train", "predict"}))
    Principal("k", frozenset({"admin"})).require(frozenset({"train"}))
    Principal().require(frozenset({"admin"}))
    with pytest.raises(ForbiddenError, match="train") as caught:
        Principal("k", PREDICT).require(frozenset({"train"}))
    assert 'scope="train"' in caught.value.headers["WWW-Authenticate"]


def test_who_sees_whose_predictions() -> None:
    assert Principal().visible_key is None
    assert Principal("k", frozenset({"admin"})).visible_key is None
    assert Principal("k", PREDICT).visible_key == "k"


@pytest.mark.parametrize(
    ("host", "auth", "expected"),
    [
        ("127.0.0.1", "auto", False),
        ("::1", "auto", False),
        ("localhost", "auto", False),
        ("0.0.0.0", "auto", True),
        ("example.org", "auto", True),
        ("127.0.0.1", "keys", True),
        ("0.0.0.0", "open", False),
    ],
)
def test_when_keys_are_needed(host: str, auth: str, expected: bool) -> None:
    assert needs_keys(load_settings(host=host, auth=auth)) is expected
    assert is_loopback(host) is (host in {"127.0.0.1", "::1", "localhost"})


def test_text_loses_the_secrets_of_keys() -> None:
    told = redact_keys(f'GET "/x?k={KEY}" and {KEY}')
    assert told == f'GET "/x?k=gl_{"0" * 12}_…" and gl_{"0" * 12}_…'
