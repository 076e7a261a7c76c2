from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from genderlens.cli.app import app
from genderlens.errors import DatabaseError


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=answer)


def keys() -> list[str]:
    lines = run("keys", "list", "--json").stdout.splitlines()
    return [json.loads(line)["name"] for line in lines]


def test_a_copy_and_back(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("keys", "create", "before")
    made = json.loads(run("database", "backup", str(copy), "--json").stdout)
    assert made == {"backup": str(copy), "bytes": copy.stat().st_size}
    run("keys", "create", "after")
    assert run("database", "restore", str(copy), answer="n\n").exit_code == 1
    assert keys() == ["before", "after"]
    assert run("database", "restore", str(copy), "--yes").exit_code == 0
    assert keys() == ["before"]


def test_down_for_an_older_version(tmp_path: Path) -> None:
    run("keys", "create", "app")
    newest = json.loads(run("database", "show", "--json").stdout)["version"]
    assert json.loads(run("database", "downgrade", "0002", "--json").stdout) == {"version": "0002"}
    shown = json.loads(run("database", "show", "--json").stdout)
    assert shown["version"] == "0002"
    assert [one["version"] for one in shown["versions"]][-1] == newest
    assert "0002     here" in run("database", "show").stdout
    assert keys() == ["app"], "any other command brings the schema up to date again"
    assert json.loads(run("database", "show", "--json").stdout)["version"] == newest


@pytest.mark.parametrize(
    "arguments", [("restore", "gone", "--yes"), ("downgrade", "x"), ("backup", "/dev/null/x")]
)
def test_what_cannot_be_done(arguments: tuple[str, ...]) -> None:
    run("keys", "create", "app")
    assert isinstance(run("database", *arguments).exception, DatabaseError)
