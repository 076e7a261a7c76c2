"""Versions that are damaged on the disk beside good ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genderlens.bundle import DESCRIPTION, MODEL
from genderlens.cli.app import app
from genderlens.errors import BundleError, VersionNotFoundError
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import load_settings
from tiny_bundles import make_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


@pytest.fixture
def registry(folder: Path, tmp_path: Path) -> Registry:
    """Two good versions."""
    registry = open_registry(load_settings(registry=str(folder)))
    for name in ("a", "bb"):
        registry.add(make_bundle(tmp_path / name, name))
    return registry


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _link(path: Path) -> None:
    copy = path.with_name("copy")
    path.rename(copy)
    path.symlink_to(copy)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: list[tuple[str, Callable[[Path], None], str]] = [
    (DESCRIPTION, _empty, "describes no bundle"),
    (DESCRIPTION, lambda path: path.write_text('{"name": "a"}'), "describes no bundle"),
    (DESCRIPTION, lambda path: path.write_bytes(b"\xff" * 100), "describes no bundle"),
    (DESCRIPTION, lambda path: path.write_bytes(b" " * 5_000_000), "more than 4,000,000 bytes"),
    (DESCRIPTION, Path.unlink, "holds no bundle.json"),
    (DESCRIPTION, _link, "is a link"),
    (DESCRIPTION, _pipe, "no plain file"),
    (DESCRIPTION, _folder, "no plain file"),
    (MODEL, _empty, "is empty"),
    (MODEL, Path.unlink, "is missing or no plain file"),
    (MODEL, _link, "is missing or no plain file"),
    (MODEL, _pipe, "is missing or no plain file"),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "damage", "words"), DAMAGE, ids=[f"{i}-{n}-{w}" for i, (n, _, w) in enumerate(DAMAGE)]
)
def test_a_broken_version_is_listed_as_broken_and_stops_nobody(
    registry: Registry, folder: Path, name: str, damage: Callable[[Path], None], words: str
) -> None:
    damage(folder / "a-1" / name)
    fresh = open_registry(load_settings(registry=str(folder)))
    assert "bb-1" in fresh.versions()
    assert list(fresh.broken()) == ["a-1"]
    assert words in fresh.broken()["a-1"]
    assert fresh.load("bb-1").version == "bb-1"
    with pytest.raises((BundleError, VersionNotFoundError)):
        fresh.load("a-1")
    done = CliRunner().invoke(app, ["models", "list", "--registry", str(folder)])
    assert done.exit_code == 0
    assert "bb-1" in done.stdout
    assert words in done.output
    listed = CliRunner().invoke(app, ["models", "list", "--json", "--registry", str(folder)])
    assert '"broken": null' in listed.stdout
    assert words in listed.stdout


def test_a_folder_under_another_name_is_broken(registry: Registry, folder: Path) -> None:
    shutil.copytree(folder / "a-1", folder / "c-1")
    assert registry.broken() == {"c-1": "it describes a-1; remove the folder"}


def test_files_that_came_later_are_never_read(registry: Registry, folder: Path) -> None:
    (folder / "a-1" / "model.int8.onnx").write_bytes(b"not signed")
    bundle = registry.load("a-1")
    assert registry.broken() == {}
    with pytest.raises(BundleError, match=r"does not sign 'model\.int8\.onnx'"):
        bundle.read("model.int8.onnx")
    (folder / "a-1" / MODEL).write_bytes(b"changed since it was loaded")
    with pytest.raises(BundleError, match="SHA-256 differs"):
        bundle.create_session()


@pytest.mark.parametrize("damage", [_empty, Path.unlink, _link])
def test_adding_a_damaged_version_again_mends_it(
    registry: Registry, folder: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder / "a-1" / MODEL)
    assert registry.add(tmp_path / "a") == "a-1"
    assert registry.broken() == {}
    assert registry.load("a-1").version == "a-1"


def test_a_broken_decision_costs_itself(registry: Registry, folder: Path) -> None:
    registry.record("1-a", {"version": "a-1"})
    registry.record("2-a", {"version": "a-1", "promoted": True})
    (folder / "decisions" / "1-a.json").write_bytes(b"")
    assert registry.decisions() == [{"version": "a-1", "promoted": True}]
    arguments = ["models", "show", "a-1", "--json", "--registry", str(folder)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0
