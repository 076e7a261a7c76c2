from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file

from forks import command, kill
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import ManifestError, TrainingError, TrainingInterruptedError
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.training.curves import read_curves
from genderlens.training.inputs.rows import split_for_training
from genderlens.training.module import HeadsModule
from genderlens.training.times import read_times
from genderlens.training.train import train
from training.tiny import STILL, TINY, tiny

TWO_PHASES: dict[str, Any] = TINY | {
    "augment": {"codec_p": 0.5, "blur_p": 0.5, "low_resolution_p": 0.5, "mixup_alpha": 0.4},
    "input": {"size_px": 40},
    "phases": [
        {"epochs": 2, "size_px": 32, "train": "head", "dropout": 0.3},
        {"epochs": 3, "size_px": 40},
    ],
    "optim": {"batch_size": 8, "learning_rate": 0.05, "ema_decay": 0.9},
    "keep": "best",
}

KILLED_IN_EPOCH = """
import sys, time
from pathlib import Path
import torch
from genderlens.data.readers import read_source
from genderlens.recipe import load_recipe
from genderlens.training.module import HeadsModule
from genderlens.training.train import train

recipe, source, out, cache, stop_epoch = sys.argv[1:]
torch.set_num_threads(1)
step = HeadsModule.training_step

def wait_to_be_killed(self, batch, batch_index):
    if self.epoch == int(stop_epoch) and batch_index == 0:
        Path(out, "waiting").touch()
        time.sleep(120)
    return step(self, batch, batch_index)

HeadsModule.training_step = wait_to_be_killed
train(load_recipe(recipe), read_source(source), Path(out), cache_dir=Path(cache))
"""

pytestmark = pytest.mark.usefixtures("no_curve_plots")


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(20)))


def kill_in_epoch(epoch: int, recipe: dict[str, Any], manifest: Manifest, out: Path) -> None:
    """Train in a process of its own and send SIGKILL in the middle of an epoch."""
    path = out.parent / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    source = str(Path(manifest.uris[0]).parents[1])
    words = (str(path), source, str(out), str(out.parent / "cache"), str(epoch))
    process = subprocess.Popen(
        command("python", "-c", KILLED_IN_EPOCH, *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        deadline = time.monotonic() + 200
        while not (out / "waiting").exists():
            assert process.poll() is None, "the training ended by itself"
            assert time.monotonic() < deadline, "the training did not reach the epoch"
            time.sleep(0.05)
    finally:
        kill(process)
    assert process.wait() == -signal.SIGKILL


def interrupt_in_epoch(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    step = HeadsModule.training_step

    def interrupted(self: HeadsModule, batch: Any, batch_index: int) -> Any:
        if self.epoch == epoch:
            raise KeyboardInterrupt
        return step(self, batch, batch_index)

    monkeypatch.setattr(HeadsModule, "training_step", interrupted)


def kept(run: RunFolder) -> dict[str, bytes]:
    """All that two equal trainings must agree on to the byte."""
    names = ["model.safetensors", "curves.csv", "recipe.json", "config.json"]
    names += ["checkpoints/best.safetensors", "checkpoints/last.safetensors"]
    return {name: (run.path / name).read_bytes() for name in names}


def test_a_run_leaves_everything_behind(manifest: Manifest, tmp_path: Path) -> None:
    run = train(tiny(), manifest, tmp_path / "run", cache_dir=tmp_path / "cache")

    assert run.is_finished
    assert run.recipe() == tiny()
    assert {path.name for path in run.path.iterdir()} == {
        "checkpoints", "config.json", "curves.csv", "curves.png", "environment.json", "logs",
        "manifest.parquet", "model.safetensors", "predictions-calibration.parquet",
        "predictions-val.parquet", "preprocessor_config.json", "recipe.json", "run.json",
        "times.csv",
    }  # fmt: skip
    assert {path.name for path in run.checkpoints.iterdir()} == {
        "best.safetensors", "last.safetensors", "phase0", "phase0.safetensors",
    }  # fmt: skip
    assert (run.path / "logs" / "csv" / "phase0" / "metrics.csv").is_file()
    assert list((run.path / "logs" / "tensorboard" / "phase0").glob("events*"))
    facts = run.read("run.json")
    assert facts["recipe_sha256"] == run.recipe().fingerprint()
    assert facts["manifest_sha256"] == run.manifest().fingerprint()
    assert (facts["epochs"], facts["train_rows"]) == (1, len(run.manifest().select("train")))
    assert facts["training_s"] == pytest.approx(sum(read_times(run.times).values()), abs=1e-3)
    assert load_file(run.weights)["fc.weight"].shape[0] == 1


def test_it_learns_what_colour_tells(manifest: Manifest, tmp_path: Path) -> None:
    recipe = tiny(augment=STILL, phases=[{"epochs": 6}])
    run = train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert float(read_curves(run.curves)[-1]["calibration_auroc"]) > 0.9


@pytest.mark.parametrize("epoch", [1, 4])
def test_a_killed_and_resumed_run_gives_the_same_bytes(
    manifest: Manifest, tmp_path: Path, epoch: int
) -> None:
    """Head first, then everything, with a moving average, mixup and the best epoch kept."""
    recipe = Recipe.model_validate(TWO_PHASES)
    whole = train(recipe, manifest, tmp_path / "whole", cache_dir=tmp_path / "cache")
    killed = tmp_path / "killed"
    kill_in_epoch(epoch, TWO_PHASES, manifest, killed)
    assert not (killed / "model.safetensors").exists()
    assert RunFolder(killed).phase_end(0).exists() is (epoch > 1)

    resumed = train(recipe, manifest, killed, cache_dir=tmp_path / "cache", resume=True)

    assert kept(resumed) == kept(whole)
    assert list(read_times(resumed.times)) == [0, 1, 2, 3, 4]


def test_a_moved_run_goes_on_where_it_was(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tiny(phases=[{"epochs": 3}], keep="best", optim={"learning_rate": 1e-9})
    whole = train(recipe, manifest, tmp_path / "whole", cache_dir=tmp_path / "cache")
    with monkeypatch.context() as patch:
        interrupt_in_epoch(2, patch)
        with pytest.raises(TrainingInterruptedError):
            train(recipe, manifest, tmp_path / "before", cache_dir=tmp_path / "cache")
    (tmp_path / "before").rename(tmp_path / "after")
    moved = train(recipe, manifest, tmp_path / "after", cache_dir=tmp_path / "cache", resume=True)
    assert kept(moved) == kept(whole)


def test_a_corrupt_checkpoint_falls_back_to_the_older_one(
    manifest: Manifest, tmp_path: Path
) -> None:
    cache, recipe = tmp_path / "cache", tiny(phases=[{"epochs": 4}])
    with pytest.MonkeyPatch.context() as patch:
        interrupt_in_epoch(3, patch)
        with pytest.raises(TrainingInterruptedError, match="interrupted; go on with"):
            train(recipe, manifest, tmp_path / "run", cache_dir=cache)
    folder = RunFolder(tmp_path / "run").phase_folder(0)
    older, newest = sorted(folder.glob("epoch=*.ckpt"))
    newest.write_bytes(newest.read_bytes()[:1000])

    run = train(recipe, manifest, tmp_path / "run", cache_dir=cache, resume=True)

    whole = train(recipe, manifest, tmp_path / "whole", cache_dir=cache)
    assert (older.name, newest.name) == ("epoch=001.ckpt", "epoch=002.ckpt")
    assert kept(run) == kept(whole)


def test_ctrl_c_works_again_after_an_interrupted_training(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupt_in_epoch(0, monkeypatch)
    with pytest.raises(TrainingInterruptedError, match="--resume"):
        train(tiny(), manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert signal.getsignal(signal.SIGINT) is before


def test_only_corrupt_checkpoints_are_an_error(manifest: Manifest, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.start(tiny(), split_for_training(tiny(), manifest), {})
    run.phase_folder(0).mkdir(parents=True)
    (run.phase_folder(0) / "epoch=000.ckpt").write_bytes(b"PK")
    with pytest.raises(TrainingError, match="none of the 1 checkpoints"):
        train(tiny(), manifest, run.path, cache_dir=tmp_path / "cache", resume=True)


def test_a_training_that_diverges_is_stopped_at_once(manifest: Manifest, tmp_path: Path) -> None:
    recipe = tiny(phases=[{"epochs": 3}], optim={"learning_rate": 1e30, "gradient_clip": None})
    with pytest.raises(TrainingError, match="diverged in epoch 0: the calibration loss is nan"):
        train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert not list((tmp_path / "run").rglob("*.ckpt"))


def test_a_folder_that_holds_a_run_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    RunFolder(tmp_path).start(tiny(), manifest, {})
    with pytest.raises(TrainingError, match="holds a run already; pass --resume"):
        train(tiny(), manifest, tmp_path, cache_dir=tmp_path / "cache")


def test_a_finished_run_is_left_as_it_is(manifest: Manifest, tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.start(tiny(), manifest, {})
    run.weights.write_bytes(b"weights")
    run.finish({"epochs": 1})
    train(tiny(), manifest, tmp_path, cache_dir=tmp_path / "cache", resume=True)
    assert run.weights.read_bytes() == b"weights"


def test_a_fault_in_the_data_leaves_no_run_behind(manifest: Manifest, tmp_path: Path) -> None:
    heads = {"auxiliary": {"age": 0.2}, "strict_heads": True}
    recipe = tiny(data={"calibration_fraction": 0.3, **heads})
    with pytest.raises(ManifestError, match="auxiliary head 'age': the data has no such column"):
        train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert not (tmp_path / "run").exists()


def test_heads_whose_column_is_absent_are_left_out_with_one_line(
    manifest: Manifest, tmp_path: Path
) -> None:
    recipe = tiny(data={"calibration_fraction": 0.45, "store_px": 40, "auxiliary": {"age": 0.2}})
    told: list[str] = []
    run = train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache", tell=told.append)
    assert [line for line in told if "age" in line] == [
        "auxiliary head 'age': the data has no such column (its attributes: none): trained "
        "without; --strict-heads stops here instead"
    ]
    assert run.recipe().data.auxiliary == {}
    assert run.read("run.json")["auxiliary"] == {}
