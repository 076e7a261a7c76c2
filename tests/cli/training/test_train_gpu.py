"""``genderlens train-gpu``: the wiring, and mistakes in one clear line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from genderlens.cli.app import app
from genderlens.errors import RecipeError, TrainingError
from genderlens.training.gpu.__main__ import main

STAGE = {
    "name": "student",
    "architecture": "compact_resnet",
    "options": {"channels": [8, 8, 8, 8]},
    "side": 32,
    "share": 1.0,
    "batch": 8,
    "epochs": 2,
}
RECIPE = {
    "name": "tiny",
    "data": {"calibration_fraction": 0.45},
    "model": {"architecture": "compact_resnet"},
    "phases": [{"epochs": 1}],
}

pytestmark = pytest.mark.usefixtures("one_thread")


def invoke(*arguments: object) -> Result:
    words = ["train-gpu", *map(str, arguments)]
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_packs_runs_and_unpacks(
    class_folders: Callable[[int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(yaml.safe_dump({"store_px": 40, "stages": [STAGE]}))
    Path("recipe.yaml").write_text(yaml.safe_dump(RECIPE))
    data = ["--data", class_folders(20), "--recipe", "recipe.yaml"]
    packed = invoke("pack", "plan.yaml", *data, "--out", "parts")
    assert packed.exit_code == 0, packed.output
    assert "wrote 1 parts" in packed.stdout
    assert "python -m genderlens.training.gpu parts --out left" in packed.stdout
    monkeypatch.setattr("sys.argv", ["gpu", "parts", "--out", "left", "--minutes", "5"])
    main()
    unpacked = invoke("unpack", "left", *data, "--out", "run")
    assert unpacked.exit_code == 0, unpacked.output
    assert "accuracy" in unpacked.stdout
    assert "next: genderlens export run" in unpacked.stdout


def test_an_unknown_plan_and_a_folder_without_one_are_named(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    data = ["--data", class_folders(3), "--out", tmp_path / "out"]
    with pytest.raises(RecipeError, match="defalt"):
        invoke("pack", "defalt", *data)
    with pytest.raises(TrainingError, match=r"holds no plan\.json"):
        invoke("unpack", tmp_path, *data)
    assert not (tmp_path / "out").exists()
