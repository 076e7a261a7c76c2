"""``genderlens models`` as an operator meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conftest import ClassFolders
from genderlens.cli.app import app
from genderlens.errors import PromotionRefusedError, RegistryError, SettingsError
from tiny_bundles import make_bundle


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A registry with a right and a wrong version, the right one in production."""
    registry = tmp_path / "registry"
    for name, gain in (("right", 10.0), ("wrong", -10.0)):
        _run("add", str(make_bundle(tmp_path / name, name, gain=gain)), registry=registry)
    _run("promote", "right-1", "--force", "--reason", "the first one", registry=registry)
    return registry


def _run(*arguments: str, registry: Path) -> Result:
    result = CliRunner().invoke(app, ["models", *arguments, "--registry", str(registry)])
    assert result.exit_code == 0, result.output
    return result


def _lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list(place: Path) -> None:
    rows = _lines(_run("list", "--json", registry=place))
    assert [(row["version"], row["aliases"]) for row in rows] == [
        ("right-1", ["production"]),
        ("wrong-1", ["candidate"]),
    ]
    table = _run("list", registry=place).stdout
    assert "right-1" in table
    assert "production" in table


def test_show_tells_what_was_decided(place: Path) -> None:
    (document,) = _lines(_run("show", "production", "--json", registry=place))
    assert (document["version"], document["aliases"]) == ("right-1", ["production"])
    assert document["description"]["name"] == "right"
    assert [one["forced"] for one in document["decisions"]] == ["the first one"]
    assert "forced: the first one" in _run("show", "right-1", registry=place).stdout


def test_add_the_shipped_model(place: Path) -> None:
    (document,) = _lines(_run("add", "default", "--json", registry=place))
    assert document["version"].startswith("default-")


def test_a_refused_promotion_prints_the_figures_and_fails(
    place: Path, class_folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_GATE_DATA", str(class_folders(3)))
    monkeypatch.setenv("GENDERLENS_GATE_MIN_GROUP", "3")
    arguments = ["models", "promote", "wrong-1", "--registry", str(place)]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, PromotionRefusedError)
    assert "BROKEN accuracy 0.0000, needs ≥ 0.9950" in result.stdout
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(result.stdout)["promoted"] is False
    rows = _lines(_run("list", "--json", registry=place))
    assert [row["version"] for row in rows if "production" in row["aliases"]] == ["right-1"]


def test_rollback_and_split(place: Path) -> None:
    _run("promote", "wrong-1", "--force", "--reason", "a drill", registry=place)
    (state,) = _lines(_run("rollback", "--json", registry=place))
    assert (state["production"], state["previous"]) == ("right-1", "wrong-1")
    (state,) = _lines(_run("split", "production=9", "wrong-1=1", "--json", registry=place))
    assert state["traffic"] == {"right-1": 9.0, "wrong-1": 1.0}
    assert "wrong-1" in _run("list", registry=place).stdout
    (state,) = _lines(_run("split", "--json", registry=place))
    assert state["traffic"] == {}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["promote", "wrong-1", "--force"], SettingsError, "belong together"),
        (["promote", "wrong-1"], RegistryError, "GENDERLENS_GATE_DATA"),
        (["rollback"], RegistryError, "no previous version"),
        (["split", "wrong-1"], SettingsError, "VERSION=WEIGHT"),
        (["split", "=1"], SettingsError, "VERSION=WEIGHT"),
        (["show", "none-1"], RegistryError, "no version 'none-1'"),
        (["show", "../right-1"], RegistryError, "is no version"),
    ],
)
def test_refusals(place: Path, arguments: list[str], error: type[Exception], message: str) -> None:
    result = CliRunner().invoke(app, ["models", *arguments, "--registry", str(place)])
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
