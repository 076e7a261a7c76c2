"""Pack, run and unpack a plan at toy size, on the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ClassFolders
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import RecipeError, TrainingError
from genderlens.training.gpu.kept import KeptStates
from genderlens.training.gpu.pack import pack
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.run import PlanFolders, PlanRun
from genderlens.training.gpu.unpack import unpack
from genderlens.training.weights.layout import load_run_network
from training.tiny import tiny, with_splits

PLAN = TrainingPlan.parse(
    {
        "store_px": 40,
        "stages": [
            {
                "name": "teacher",
                "architecture": "compact_resnet",
                "options": {"channels": [8, 8, 8, 8]},
                "side": 64,
                "share": 0.5,
                "batch": 8,
                "learning_rate": 0.01,
                "mixup_p": 0.5,
                "epochs": 4,
            },
            {
                "name": "student",
                "architecture": "compact_resnet",
                "options": {"channels": [8, 8, 8, 8]},
                "side": 32,
                "share": 0.5,
                "teachers": ["teacher"],
                "pairs": True,
                "batch": 16,
                "learning_rate": 0.01,
                "epochs": 4,
            },
        ],
    }
)
RECIPE = tiny(data={"calibration_fraction": 0.45, "store_px": 40, "auxiliary": {"hat": 0.2}})


@pytest.fixture
def labelled(class_folders: ClassFolders) -> Manifest:
    manifest = read_source(str(class_folders(15)))
    manifest = with_splits(manifest, ["train", "train", "calibration", "calibration", "val"])
    hats = [("yes", "no", None)[row % 3] for row in range(len(manifest))]
    return manifest.with_column("hat", hats)


@pytest.fixture
def left(labelled: Manifest, tmp_path: Path) -> Path:
    parts = tmp_path / "parts"
    pack(RECIPE, labelled, PLAN, parts, part_bytes=20_000)
    PlanRun(PLAN, PlanFolders(parts, tmp_path / "left"), minutes=5.0).run("cpu")
    return tmp_path / "left"


def read_log(left: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (left / "log.jsonl").read_text().splitlines()]


def test_a_plan_leaves_weights_answers_and_a_log(left: Path, labelled: Manifest) -> None:
    ends = {line["stage"]: line for line in read_log(left) if "step" in line}
    assert {name: line["epochs"] for name, line in ends.items()} == {"teacher": 4, "student": 4}
    answers = np.load(left / "answers.npz")
    packed = [s in ("train", "calibration") for s in labelled.column("split")]
    assert len(answers["uris"]) == sum(packed)
    assert answers["student"].shape == (sum(packed), 3)
    assert not list(left.glob("*.partial"))


def test_what_it_leaves_becomes_a_run(left: Path, labelled: Manifest, tmp_path: Path) -> None:
    run = unpack(RECIPE, labelled, left, "student", tmp_path / "run", cache_dir=tmp_path / "cache")
    assert run.is_finished
    assert run.recipe().teacher == ("teacher",)
    assert run.recipe().input.size_px == 32
    assert load_run_network(run).training is False
    assert (run.path / "predictions-val.parquet").is_file()
    assert run.read("run.json")["auxiliary"] == {"hat": ["no", "yes"]}


class Killed(BaseException):
    """Stands for a signal that nothing catches."""


@pytest.mark.parametrize("keeps", [3, 9], ids=["in-the-teacher", "in-the-student"])
def test_a_killed_plan_goes_on_and_ends_with_the_very_weights(
    labelled: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: int
) -> None:
    pack(RECIPE, labelled, PLAN, parts := tmp_path / "parts")
    PlanRun(PLAN, PlanFolders(parts, tmp_path / "whole")).run("cpu", answers=False)
    left = tmp_path / "left"
    folders, write = PlanFolders(parts, left, tmp_path / "states"), KeptStates.write
    written = list[str]()

    def write_and_die(states: KeptStates, stage: str, state: dict[str, Any]) -> None:
        write(states, stage, state)
        written.append(stage)
        if len(written) == keeps:
            raise Killed

    monkeypatch.setattr(KeptStates, "write", write_and_die)
    with pytest.raises(Killed):
        PlanRun(PLAN, folders, keep_s=0.0).run("cpu", answers=False)
    monkeypatch.undo()
    PlanRun(PLAN, folders).run("cpu", answers=False)
    went_on = [line for line in read_log(left) if "goes_on_at_step" in line]
    assert went_on[-1]["stage"] == written[-1]
    assert went_on[-1]["goes_on_at_step"] > 0
    for stage in ("teacher", "student"):
        whole, resumed = (
            (folder / f"{stage}.safetensors").read_bytes() for folder in (tmp_path / "whole", left)
        )
        assert resumed == whole


def test_states_of_another_plan_are_refused(labelled: Manifest, tmp_path: Path) -> None:
    KeptStates(tmp_path, PLAN)
    with pytest.raises(TrainingError, match="goes on with another plan; give another folder"):
        KeptStates(tmp_path, replace(PLAN, seed=5))


def test_a_plan_without_a_limit_says_how_long_it_takes(left: Path, tmp_path: Path) -> None:
    PlanRun(PLAN, PlanFolders(tmp_path / "parts", left)).run("cpu", answers=False)
    (told,) = [line["forecast_s"] for line in read_log(left) if "forecast_s" in line]
    assert set(told) == {"teacher", "student"}
    endless = replace(PLAN, stages=tuple(replace(stage, epochs=None) for stage in PLAN.stages))
    with pytest.raises(RecipeError, match="'teacher' tells no epochs; give the plan minutes"):
        PlanRun(endless, PlanFolders(tmp_path / "parts", left))


def test_an_unknown_stage_is_named(left: Path, labelled: Manifest, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="has teacher, student; did you mean 'student'"):
        unpack(RECIPE, labelled, left, "studnt", tmp_path / "run", cache_dir=tmp_path)
    assert not (tmp_path / "run").exists()


def test_other_data_than_was_packed_is_refused(
    left: Path, labelled: Manifest, tmp_path: Path
) -> None:
    hats = [f"hat {row}" for row in range(len(labelled))]
    other = labelled.with_column("hat", hats)
    with pytest.raises(TrainingError, match="give the recipe and data that were packed"):
        unpack(RECIPE, other, left, "student", tmp_path / "run", cache_dir=tmp_path)


def test_the_machine_with_the_gpu_needs_little() -> None:
    code = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pydantic", "pydantic_settings", "fsspec", "lightning"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
import genderlens.training.gpu.__main__
from genderlens.training.architectures import create_network
create_network("efficientnet_lite0", 1, {})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_stage_without_time_left_ends(labelled: Manifest, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    pack(RECIPE, labelled, PLAN, parts, part_bytes=20_000)
    PlanRun(PLAN, PlanFolders(parts, tmp_path / "left"), minutes=1e-6).run("cpu")
    assert all(line["step"] <= 1 for line in read_log(tmp_path / "left") if "step" in line)
