"""``genderlens sweep``: the wiring, and mistakes in one clear line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from genderlens.cli.app import app
from genderlens.errors import MissingExtraError, RecipeError, SourceNotFoundError

TINY = [
    "--set=model={architecture: compact_resnet, options: {channels: [8, 8, 8, 8]}}",
    "--set=input.size_px=32",
    "--set=phases=[{epochs: 1}]",
    "--set=data={calibration_fraction: 0.45, store_px: 40}",
    "--set=optim.batch_size=8",
]

pytestmark = pytest.mark.usefixtures("one_thread")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sweep", *arguments], catch_exceptions=False)


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "sweep.yaml"
    path.write_text("{recipe: compact-resnet, grid: {seed: [1, 2]}, thresholds: {epochs: 1}}")
    return str(path)


def test_sweeps_a_folder_into_a_table(
    class_folders: Callable[[int], Path], sweep: str, tmp_path: Path
) -> None:
    arguments = [sweep, "--data", str(class_folders(20)), "--out", str(tmp_path / "out"), *TINY]
    done = invoke(*arguments)
    assert done.exit_code == 0, done.output
    assert "row 2 of 2: seed 2" in done.stderr
    assert "above" in done.stdout
    assert str(tmp_path / "out" / "table.md") in done.stdout.replace("\n", "")
    again = invoke(*arguments, "--json")
    document = json.loads(again.stdout)
    assert [row["state"] for row in document["rows"]] == ["finished", "finished"]
    stored = json.loads((tmp_path / "out" / "table.json").read_text())
    assert {name: document[name] for name in stored} == stored
    assert (document["found"], document["read"]) == (40, 40)


def test_the_shipped_grid_is_checked_before_the_data_is_decoded(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=r"recipe 'vgg16-reference': optim.speed"):
        invoke(
            "vgg", "--data", str(class_folders(2)), "--out", str(tmp_path), "--set=optim.speed=1"
        )


def test_an_unknown_sweep_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="nor one of architectures, portraits, pretrained, vgg"):
        invoke("nonesuch", "--data", str(tmp_path), "--out", str(tmp_path / "out"))


def test_data_that_is_not_there(sweep: str, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="nowhere"):
        invoke(sweep, "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out"))


def test_without_the_extra_the_install_line_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genderlens.training.sweep.run", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genderlens\[train\]'"):
        invoke("vgg", "--data", "x", "--out", "y")
