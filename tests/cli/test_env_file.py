from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from genderlens.cli.app import app
from genderlens.errors import SettingsError
from genderlens.settings import load_settings

KEYS_ASKED = ("serve", "--host", "0.0.0.0")
"""Ends before it serves: there is no key."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENDERLENS_ENV_FILE", "")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def registry_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    registry: str = json.loads(result.stdout)["registry"]
    return registry


def test_a_file_of_somebody_else_changes_no_command(folder: Path) -> None:
    """It would name a program to run, and open the service to everybody."""
    marker = folder / "ran"
    (folder / "evil").write_text(f"#!/bin/sh\ntouch {marker}\n")
    (folder / "evil").chmod(0o755)
    (folder / ".env").write_text(
        f"GENDERLENS_RETRAIN_PYTHON={folder}/evil\nGENDERLENS_AUTH=open\nGENDERLENS_HOST=0.0.0.0\n"
        f"GENDERLENS_REGISTRY={folder}/theirs\nGENDERLENS_MODEL={folder}/theirs\n"
    )
    assert load_settings().retrain_python is None
    assert registry_of(run("models", "add", "default", "--json")) != f"{folder}/theirs"
    result = run(*KEYS_ASKED)
    assert "no usable API key" in str(result.exception)
    assert result.stderr.count(".env of this folder is not read; pass --env-file .env") == 1
    assert not marker.exists()


def test_without_a_file_nothing_is_mentioned() -> None:
    assert "not read" not in run(*KEYS_ASKED).stderr


@pytest.mark.parametrize("named", ["option", "variable"])
def test_a_file_that_is_named_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (folder / ".env").write_text(f"GENDERLENS_REGISTRY={folder}/mine\n")
    options = ("--env-file", ".env") if named == "option" else ()
    if named == "variable":
        monkeypatch.setenv("GENDERLENS_ENV_FILE", ".env")
    assert registry_of(run(*options, "models", "add", "default", "--json")) == f"{folder}/mine"
    assert "not read" not in run(*options, *KEYS_ASKED).stderr


def test_serve_takes_the_option_too(folder: Path) -> None:
    (folder / "service.env").write_text("GENDERLENS_HOST=0.0.0.0\n")
    assert "host '0.0.0.0'" in str(run("serve", "--env-file", "service.env").exception)


def test_a_missing_file_is_an_error() -> None:
    result = run("--env-file", "gone.env", "models", "list")
    assert isinstance(result.exception, SettingsError)
    assert "gone.env' cannot be read: No such file or directory" in str(result.exception)
