from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import ManifestError, TrainingError
from genderlens.recipe import Recipe
from genderlens.training.curves import read_curves
from genderlens.training.module import GenderModule
from genderlens.training.run import RunFolder
from genderlens.training.train import split_for_training, train

TINY: dict[str, Any] = {
    "name": "tiny",
    "seed": 3,
    "data": {"calibration_fraction": 0.3, "store_px": 48},
    "model": {"architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}},
    "input": {"size_px": 40},
    "augment": {"codec_p": 0.5, "blur_p": 0.5, "erase_p": 0.5, "low_resolution_p": 0.5},
    "phases": [{"epochs": 2, "size_px": 32}, {"epochs": 2, "size_px": 40}],
    "optim": {"batch_size": 8, "learning_rate": 0.05},
}

KILLED_AFTER_FIRST_CHECKPOINT = """
import sys, time
from pathlib import Path
import torch
from genderlens.data.readers import read_source
from genderlens.recipe import load_recipe
from genderlens.training.module import GenderModule
from genderlens.training.train import train

recipe, source, out, cache, stop_epoch = sys.argv[1:]
torch.set_num_threads(1)
step = GenderModule.training_step

def wait_to_be_killed(self, batch, batch_index):
    if self.current_epoch == int(stop_epoch) and batch_index == 1:
        Path(out, "waiting").touch()
        time.sleep(120)
    return step(self, batch, batch_index)

GenderModule.training_step = wait_to_be_killed
train(load_recipe(recipe), read_source(source), Path(out), cache_dir=Path(cache))
"""


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(20)))


def tiny(**changes: Any) -> Recipe:
    return Recipe.model_validate(TINY | changes)


def kill_in_epoch(epoch: int, manifest: Manifest, out: Path) -> None:
    """Train in a process of its own and send SIGKILL in the middle of an epoch."""
    recipe = out.parent / "recipe.yaml"
    recipe.write_text(json.dumps(TINY))
    source = str(Path(manifest.uris[0]).parents[1])
    command = [sys.executable, "-c", KILLED_AFTER_FIRST_CHECKPOINT, str(recipe), source, str(out)]
    process = subprocess.Popen(
        [*command, str(out.parent / "cache"), str(epoch)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        deadline = time.monotonic() + 100
        while not (out / "waiting").exists():
            assert process.poll() is None, "the training ended by itself"
            assert time.monotonic() < deadline, "the training did not reach the epoch"
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_run_leaves_weights_curves_and_recipe(manifest: Manifest, tmp_path: Path) -> None:
    out = tmp_path / "run"
    recipe = tiny()

    run = train(recipe, manifest, out, cache_dir=tmp_path / "cache")

    assert run.is_finished
    assert run.recipe() == recipe
    curves = read_curves(run.curves)
    assert [row["epoch"] for row in curves] == ["0", "1", "2", "3"]
    assert all(float(value) >= 0 for row in curves for value in row.values())
    facts = run.read("run.json")
    assert facts["recipe_sha256"] == run.recipe().fingerprint()
    assert facts["manifest_sha256"] == run.manifest().fingerprint()
    assert facts["logits"] == 1
    assert "fc.weight" in load_file(run.weights)


def test_it_learns_what_colour_tells(manifest: Manifest, tmp_path: Path) -> None:
    still = dict.fromkeys(("codec_p", "erase_p", "grey_p", "hue_deg", "rotation_deg"), 0.0)
    recipe = tiny(augment=still, phases=[{"epochs": 6, "size_px": 40}])
    run = train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert float(read_curves(run.curves)[-1]["calibration_auroc"]) > 0.9


def test_a_killed_and_resumed_run_gives_the_same_weights(
    manifest: Manifest, tmp_path: Path
) -> None:
    whole = train(tiny(), manifest, tmp_path / "whole", cache_dir=tmp_path / "cache")
    killed = tmp_path / "killed"
    kill_in_epoch(1, manifest, killed)
    assert not (killed / "weights.safetensors").exists()

    resumed = train(tiny(), manifest, killed, cache_dir=tmp_path / "cache", resume=True)

    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    assert resumed.curves.read_bytes() == whole.curves.read_bytes()


def interrupt_in_epoch(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    step = GenderModule.training_step

    def interrupted(self: GenderModule, batch: Any, batch_index: int) -> Any:
        if self.current_epoch == epoch:
            raise KeyboardInterrupt
        return step(self, batch, batch_index)

    monkeypatch.setattr(GenderModule, "training_step", interrupted)


def test_a_corrupt_checkpoint_falls_back_to_the_older_one(
    manifest: Manifest, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    with pytest.MonkeyPatch.context() as patch:
        interrupt_in_epoch(3, patch)
        with pytest.raises(TrainingError, match="interrupted; go on with"):
            train(tiny(), manifest, tmp_path / "run", cache_dir=cache)
    older, newest = sorted((tmp_path / "run" / "checkpoints").glob("*.ckpt"))
    newest.write_bytes(newest.read_bytes()[:1000])

    run = train(tiny(), manifest, tmp_path / "run", cache_dir=cache, resume=True)

    whole = train(tiny(), manifest, tmp_path / "whole", cache_dir=cache)
    assert older.name == "epoch=001.ckpt"
    assert run.weights.read_bytes() == whole.weights.read_bytes()
    assert [row["epoch"] for row in read_curves(run.curves)] == ["0", "1", "2", "3"]


def test_ctrl_c_works_again_after_an_interrupted_training(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupt_in_epoch(0, monkeypatch)
    with pytest.raises(TrainingError, match="--resume"):
        train(tiny(), manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert signal.getsignal(signal.SIGINT) is before


def test_only_corrupt_checkpoints_are_an_error(manifest: Manifest, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.start(tiny(), split_for_training(tiny(), manifest))
    run.checkpoints.mkdir()
    (run.checkpoints / "epoch=000.ckpt").write_bytes(b"PK")
    with pytest.raises(TrainingError, match="none of the 1 checkpoints"):
        train(tiny(), manifest, run.path, cache_dir=tmp_path / "cache", resume=True)


def test_a_folder_that_holds_a_run_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    RunFolder(tmp_path).start(tiny(), manifest)
    with pytest.raises(TrainingError, match="holds a run already; pass --resume"):
        train(tiny(), manifest, tmp_path, cache_dir=tmp_path / "cache")


def test_a_finished_run_is_left_as_it_is(manifest: Manifest, tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.start(tiny(), manifest)
    run.weights.write_bytes(b"weights")
    run.finish({"logits": 1})
    train(tiny(), manifest, tmp_path, cache_dir=tmp_path / "cache", resume=True)
    assert run.weights.read_bytes() == b"weights"


def test_a_fault_in_the_data_leaves_no_run_behind(manifest: Manifest, tmp_path: Path) -> None:
    recipe = tiny(data={"calibration_fraction": 0.3, "auxiliary": {"age": 0.2}})
    with pytest.raises(ManifestError, match="no column 'age'"):
        train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert not (tmp_path / "run").exists()


def test_rows_without_a_split_are_divided_and_a_part_of_them_calibrates(
    manifest: Manifest,
) -> None:
    counts = split_for_training(tiny(), manifest).counts("split")
    assert counts["val"] == 8
    assert counts["train"] + counts["calibration"] == 32
    assert counts["calibration"] > 0


def test_a_given_calibration_split_is_kept(manifest: Manifest) -> None:
    splits = ["calibration" if index % 4 == 0 else None for index in range(len(manifest))]
    counts = split_for_training(tiny(), manifest.with_column("split", splits)).counts("split")
    assert counts == {"train": 24, "val": 6, "calibration": 10}


def test_a_split_with_one_label_only_is_an_error(manifest: Manifest) -> None:
    splits = ["calibration" if label == "male" else "train" for label in manifest.labels]
    with pytest.raises(TrainingError, match="split 'train' cannot be used: no picture"):
        split_for_training(tiny(), manifest.with_column("split", splits))
