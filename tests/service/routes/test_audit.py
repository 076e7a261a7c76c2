"""Every change by whoever has the right to it is noted; nobody but admin reads that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import photos
from genderlens.cli.app import app
from genderlens.errors import DatabaseError, DataError, SettingsError
from genderlens.history.audit import ACTIONS
from genderlens.history.database import Database, open_database
from genderlens.settings import load_settings
from service.keyed import Caller, callers
from service.serving import assert_problem, fake_app, open_predictor, warm_client

PHOTO, OTHER = (photos.encode(photos.crowd(count)) for count in (1, 2))


def entries(admin: Caller, **wanted: Any) -> list[dict[str, Any]]:
    document: dict[str, Any] = admin.ask("GET", "/audit", params=wanted).json()
    return list(document["entries"])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_only_admin_reads_it() -> None:
    with callers("predict", "train", "admin") as (predict, train, admin):
        for caller in (predict, train):
            assert_problem(caller.ask("GET", "/audit"), 403, "forbidden")
        assert admin.ask("GET", "/audit").json() == {"entries": [], "next": None}
        assert_problem(admin.ask("GET", "/audit", params={"limit": 0}), 422, "invalid_parameter")


def test_deletions_and_what_admin_adds_are_noted(tmp_path: Path) -> None:
    with callers("predict", "train", "admin", samples=str(tmp_path / "pool")) as callers_:
        mine, train, admin = callers_
        first, second = (mine.predict(PHOTO).json()["id"] for _ in range(2))
        parts = {"data": {"label": "female"}, "files": {"file": ("x", PHOTO)}}
        sample = mine.ask("POST", f"/predictions/{first}/feedback", **parts).json()["sample"]
        other = {"data": {"label": "female"}, "files": {"file": ("x", OTHER)}}
        theirs = train.ask("POST", "/samples", **other).json()["sha256"]
        assert entries(admin) == []
        assert mine.ask("DELETE", f"/predictions/{first}").status_code == 204
        assert mine.ask("DELETE", f"/predictions/{first}").status_code == 404
        assert train.ask("DELETE", f"/samples/{theirs}").status_code == 204
        admin.ask("POST", "/samples", **parts)
        admin.ask("POST", f"/predictions/{second}/feedback", json={"label": "male"})
        admin.ask("DELETE", "/samples", params={"all": True})
        until = {"until": "2999-01-01T00:00:00Z"}
        mine.ask("DELETE", "/predictions", params=until)
        told = [(one["actor"], one["action"], one["object"]) for one in entries(admin)]
        assert told[::-1] == [
            (f"key:{mine.id}", "prediction.delete", first),
            (f"key:{train.id}", "sample.delete", theirs),
            (f"key:{admin.id}", "sample.add", sample),
            (f"key:{admin.id}", "feedback.write", second),
            (f"key:{admin.id}", "sample.delete", "of everybody"),
            (f"key:{mine.id}", "prediction.delete", f"of key {mine.id}"),
        ]
        assert all(caller.key not in json.dumps(entries(admin)) for caller in callers_)
        page = admin.ask("GET", "/audit", params={"limit": 4}).json()
        assert [one["number"] for one in page["entries"]] == [6, 5, 4, 3]
        assert [one["number"] for one in entries(admin, before=page["next"])] == [2, 1]


def test_promotions_and_their_refusals_are_noted(tmp_path: Path) -> None:
    registry = str(tmp_path / "registry")
    version = json.loads(run("models", "add", "default", "--registry", registry, "--json").stdout)[
        "version"
    ]
    with callers("admin", registry=registry, history="off") as (admin,):
        reason = {"force": True, "reason": "the first one"}
        assert admin.ask("POST", f"/models/{version}/promote", json=reason).status_code == 200
        assert admin.ask("PUT", "/models/traffic", json={"weights": {version: 1}}).status_code < 300
        assert_problem(admin.ask("POST", "/models/rollback"), 409, "registry_failed")
        rows = entries(admin)
    assert [(one["action"], one["object"], one["result"]) for one in rows[::-1]] == [
        ("model.add", version, "done"),
        ("model.promote", version, "done"),
        ("model.traffic", "production", "done"),
        ("model.rollback", "production", "refused"),
    ]
    assert rows[0]["detail"] == {"code": "registry_failed"}
    assert rows[2]["detail"]["forced"] == "the first one"
    assert rows[3]["actor"].startswith("user:")


def test_a_database_that_is_down_stops_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    registry = str(tmp_path / "registry")
    version = json.loads(run("models", "add", "default", "--registry", registry, "--json").stdout)[
        "version"
    ]
    with warm_client(fake_app(open_predictor(), registry=registry, history="off")) as client:

        def fail(*_: object, **__: object) -> None:
            raise DatabaseError("gone")

        monkeypatch.setattr(Database, "begin", fail)
        body = {"force": True, "reason": "the first one"}
        assert client.post(f"/models/{version}/promote", json=body).status_code == 200
        assert "not in the audit log: AuditEntry" in caplog.text


def test_commands_are_noted_with_who_ran_them() -> None:
    identity = json.loads(run("keys", "create", "app", "--scope", "admin", "--json").stdout)["id"]
    key = run("keys", "rotate", identity).stdout.strip()
    run("keys", "revoke", identity)
    rows = [json.loads(line) for line in run("audit", "list", "--json").stdout.splitlines()]
    assert [row["action"] for row in rows] == ["key.create", "key.rotate", "key.revoke"]
    assert {row["object"] for row in rows} == {identity}
    assert rows[0]["detail"] == {"name": "app", "scopes": ["admin"]}
    assert key.rpartition("_")[2] not in json.dumps(rows)
    assert all("@" in row["actor"] for row in rows)
    assert "key.rotate" in run("audit", "list").stdout
    assert run("audit", "list", "--since", "2999-01-01", "--json").stdout == ""
    assert isinstance(run("audit", "list", "--since", "soon").exception, SettingsError)
    whole = json.loads(run("audit", "verify", "--json").stdout)
    assert whole == {"entries": 3, "head": rows[-1]["sha256"], "broken_at": None}


def test_a_broken_log_is_an_error() -> None:
    run("keys", "create", "app")
    database = open_database(load_settings())
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET actor = 'user:nobody@nowhere'")
    database.close()
    result = run("audit", "verify")
    assert isinstance(result.exception, DataError)
    assert "broken from entry 1 on" in str(result.exception)


def test_every_action_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/how-to/audit.md").read_text("utf-8")
    assert [action for action in ACTIONS if f"`{action}`" not in page] == []
