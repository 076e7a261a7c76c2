from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from genderlens.cli.app import app
from genderlens.errors import DatabaseError, SettingsError, UnknownKeyError
from genderlens.history.database import open_database
from genderlens.history.keys import KEY_PATTERN, hash_key, list_keys
from genderlens.history.tables import now
from genderlens.settings import load_settings


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments])


def created(*arguments: str) -> dict[str, str]:
    result = keys("create", *arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, str] = json.loads(result.stdout)
    return document


def listed() -> list[dict[str, str]]:
    return [json.loads(line) for line in keys("list", "--json").stdout.splitlines()]


def test_a_key_is_shown_once() -> None:
    result = keys("create", "app")
    key = result.stdout.strip()
    assert KEY_PATTERN.fullmatch(key)
    assert "only time" in result.stderr
    (entry,) = listed()
    assert (entry["name"], entry["scopes"], entry["state"]) == ("app", ["predict"], "active")
    secret = key.rpartition("_")[2]
    assert secret not in keys("list").output + keys("list", "--json").output


def test_scopes_expiry_and_rate() -> None:
    options = (
        "--scope",
        "train",
        "--scope",
        "predict",
        "--expires-days",
        "9",
        "--rate",
        "5/minute",
    )
    document = created("app", *options)
    (entry,) = listed()
    assert {name: document[name] for name in entry} == entry
    assert entry["scopes"] == ["predict", "train"]
    assert entry["rate_limit"] == "5/minute"
    assert entry["expires_at"] > entry["created_at"]
    table = keys("list").stdout
    assert "predict, train" in table
    assert "5/minute" in table


def test_revoke_and_rotate() -> None:
    document = created("app")
    rotated = json.loads(keys("rotate", document["id"], "--overlap-hours", "0", "--json").stdout)
    assert rotated["id"] == document["id"]
    assert KEY_PATTERN.fullmatch(rotated["key"])
    assert rotated["key"] != document["key"]
    assert KEY_PATTERN.fullmatch(keys("rotate", document["id"]).stdout.strip())
    assert keys("revoke", document["id"]).stdout == f"revoked {document['id']}\n"
    assert listed()[0]["state"] == "revoked"
    for command in ("revoke", "rotate"):
        assert isinstance(keys(command, document["id"]).exception, UnknownKeyError)


def test_a_name_cannot_move_the_cursor() -> None:
    created("evil\x1b[2J\nname")
    assert "\x1b" not in keys("list").output


def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys("create", "app", "--scope", "root").exit_code == 2
    assert isinstance(keys("create", "app", "--rate", "often").exception, SettingsError)
    assert listed() == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENDERLENS_STATE_DIR", str(tmp_path / "file"))
    assert isinstance(keys("list").exception, DatabaseError)


def test_a_key_that_was_made_elsewhere_is_stored_by_its_hash() -> None:
    key = f"gl_0123456789ab_{'c' * 64}"
    options = ("--id", "0123456789ab", "--sha256", hash_key(key), "--scope", "metrics")
    result = keys("create", "prometheus", *options)
    assert result.exit_code == 0
    assert result.stdout == "stored 0123456789ab\n"
    (entry,) = listed()
    assert (entry["id"], entry["scopes"]) == ("0123456789ab", ["metrics"])
    database = open_database(load_settings())
    (stored,) = list_keys(database)
    database.close()
    assert stored.matches(key, now())
    assert isinstance(keys("create", "again", *options).exception, SettingsError)
    assert len(listed()) == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--id", "0123456789ab"),
        ("--sha256", "a" * 64),
        ("--id", "0123456789ab", "--sha256", "a" * 63),
        ("--id", "0123456789ab", "--sha256", "A" * 64),
        ("--id", "0123456789AB", "--sha256", "a" * 64),
        ("--id", "", "--sha256", ""),
    ],
)
def test_half_of_a_key_is_none(options: tuple[str, ...]) -> None:
    assert isinstance(keys("create", "x", *options).exception, SettingsError)
    assert listed() == []
