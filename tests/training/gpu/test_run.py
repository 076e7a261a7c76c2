"""Pack, run and unpack a plan at toy size, on the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conftest import ClassFolders
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import TrainingError
from genderlens.training.gpu.pack import pack
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.run import PlanRun
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
                "most_steps": 12,
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
                "most_steps": 12,
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
    PlanRun(PLAN, parts, tmp_path / "left", minutes=5.0).run("cpu")
    return tmp_path / "left"


def test_a_plan_leaves_weights_answers_and_a_log(left: Path, labelled: Manifest) -> None:
    lines = [json.loads(line) for line in (left / "log.jsonl").read_text().splitlines()]
    ends = {line["stage"]: line for line in lines if "step" in line}
    assert {name: line["step"] for name, line in ends.items()} == {"teacher": 12, "student": 12}
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
