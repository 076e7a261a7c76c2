"""Two processes on one machine, as ``genderlens train --devices 2`` starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from forks import command
from genderlens.run_folder import RunFolder
from genderlens.training.curves import read_curves
from training.tiny import TINY

PLAIN = TINY | {
    "augment": {"codec_p": 0.0},
    "phases": [{"epochs": 2, "train": "head", "augment": False}],
}
"""What both processes and the single one compute alike: no draws, no batch statistics."""


def train(tmp_path: Path, faces: Path, devices: int) -> RunFolder:
    recipe, out = tmp_path / "recipe.yaml", tmp_path / f"on{devices}"
    recipe.write_text(json.dumps(PLAIN))
    words = ["train", str(recipe), "--data", str(faces), "--out", str(out)]
    start = [sys.executable, "-m", "genderlens"] if devices > 1 else command("genderlens")
    done = subprocess.run(
        [*start, *words, "--devices", str(devices)],
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "GENDERLENS_CACHE_DIR": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return RunFolder(out)


@pytest.mark.skipif(torch.cuda.is_available(), reason="on a GPU the devices would be GPUs")
def test_two_processes_learn_what_one_learns(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    faces = class_folders(20)
    alone, together = train(tmp_path, faces, 1), train(tmp_path, faces, 2)
    assert together.is_finished
    one, two = read_curves(alone.curves), read_curves(together.curves)
    assert [row["epoch"] for row in two] == ["0", "1"]
    for ours, theirs in zip(two, one, strict=True):
        for name in ("train_loss", "calibration_loss", "learning_rate"):
            assert float(ours[name]) == pytest.approx(float(theirs[name]), rel=1e-3), name
    first, second = (run.read("run.json") for run in (alone, together))
    assert first["manifest_sha256"] == second["manifest_sha256"]
