from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forks import command, kill
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import RecipeError, TrainingError, TrainingInterruptedError
from genderlens.run_folder import RunFolder
from genderlens.training.module import HeadsModule
from genderlens.training.sweep import run as sweep_run
from genderlens.training.sweep.run import SweepOutcome, run_sweep
from training.sweeps import sweep_of
from training.tiny import with_splits

pytestmark = pytest.mark.usefixtures("no_curve_plots")

KILLED_IN_ROW = """
import json, sys, time
from pathlib import Path
import torch
from genderlens.data.readers import read_source
from genderlens.recipe.sweep import SweepRecipe
from genderlens.training.module import HeadsModule
from genderlens.training.sweep.run import run_sweep

sweep, source, out, cache = sys.argv[1:]
torch.set_num_threads(1)
step = HeadsModule.training_step

def wait_to_be_killed(self, batch, batch_index):
    if "02-" in self.trainer.default_root_dir and self.current_epoch == 1:
        Path(out, "waiting").touch()
        time.sleep(120)
    return step(self, batch, batch_index)

HeadsModule.training_step = wait_to_be_killed
sweep = SweepRecipe.model_validate(json.loads(sweep))
run_sweep(sweep, read_source(source), Path(out), cache_dir=Path(cache))
"""


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    splits = ["train", "train", "train", "calibration", "val"]
    return with_splits(read_source(str(class_folders(15))), splits)


@pytest.fixture
def without_splits(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(16)))


def swept(manifest: Manifest, tmp_path: Path, out: str = "out", **parts: Any) -> SweepOutcome:
    options = {k: parts.pop(k) for k in ("overrides", "retry_failed", "say") if k in parts}
    sweep = sweep_of(tmp_path, **parts)
    return run_sweep(sweep, manifest, tmp_path / out, cache_dir=tmp_path / "cache", **options)


def weights(out: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of each row's network."""
    return {
        path.parent.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(out.glob("rows/*/model.safetensors"))
    }


def test_a_sweep_trains_every_row_and_tells_how_they_compare(
    manifest: Manifest, tmp_path: Path
) -> None:
    said: list[str] = []
    outcome = swept(manifest, tmp_path, say=said.append)

    assert said == ["row 1 of 2: learning rate 0.05", "row 2 of 2: learning rate 0.01"]
    assert list(weights(tmp_path / "out")) == ["01-learning-rate-0.05", "02-learning-rate-0.01"]
    for result in outcome.results:
        assert (result.state, result.split, result.pictures) == ("finished", "val", 6)
        assert result.accuracy is not None
        assert 0 <= result.accuracy <= 1
        assert result.training_s is not None
        assert result.training_s > 0
        assert result.epoch_s == pytest.approx(result.training_s / 2)
        assert result.inference_ms is not None
        assert result.inference_ms > 0
        assert result.epochs in (1, 2)
    checkpoints = tmp_path / "out" / "rows" / "01-learning-rate-0.05" / "checkpoints"
    assert {path.name for path in checkpoints.iterdir()} == {"best.safetensors", "last.safetensors"}
    table = json.loads((tmp_path / "out" / "table.json").read_text())
    assert table == outcome.table
    rows = list(csv.DictReader((tmp_path / "out" / "table.csv").read_text().splitlines()))
    assert [row["folder"] for row in rows] == list(weights(tmp_path / "out"))
    assert "| 2 | learning rate 0.01 |" in (tmp_path / "out" / "table.md").read_text().replace(
        "**", ""
    )
    assert (tmp_path / "out" / "table.png").read_bytes().startswith(b"\x89PNG")


def test_a_killed_sweep_goes_on_with_the_row_it_was_in(
    without_splits: Manifest, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    kill_in_second_row(without_splits, tmp_path)
    before = weights(out)
    assert list(before) == ["01-learning-rate-0.05"]
    table = json.loads((out / "table.json").read_text())
    assert [row["state"] for row in table["rows"]] == ["finished", "waiting"]

    swept(without_splits, tmp_path)
    swept(without_splits, tmp_path, "whole")

    after, whole = weights(out), weights(tmp_path / "whole")
    assert after["01-learning-rate-0.05"] == before["01-learning-rate-0.05"]
    assert {k: v[0] for k, v in after.items()} == {k: v[0] for k, v in whole.items()}
    logs = out / "rows" / "02-learning-rate-0.01" / "curves.csv"
    assert len(logs.read_text().splitlines()) == 3


def kill_in_second_row(manifest: Manifest, tmp_path: Path) -> None:
    """Sweep in a process of its own; SIGKILL in the second epoch of the second row."""
    source, out = str(Path(manifest.uris[0]).parents[1]), tmp_path / "out"
    arguments = [sweep_of(tmp_path).model_dump_json(), source, str(out), str(tmp_path / "cache")]
    process = subprocess.Popen(
        command("python", "-c", KILLED_IN_ROW, *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        deadline = time.monotonic() + 100
        while not (out / "waiting").exists():
            assert process.poll() is None, "the sweep ended by itself"
            assert time.monotonic() < deadline, "the sweep did not reach the row"
            time.sleep(0.05)
    finally:
        kill(process)
    assert process.wait() == -signal.SIGKILL


def test_a_failing_row_is_recorded_and_the_rest_goes_on(manifest: Manifest, tmp_path: Path) -> None:
    rows = [
        {"label": "wild", "optim.learning_rate": 1e30, "optim.gradient_clip": None},
        {"label": "tame"},
    ]
    outcome = swept(manifest, tmp_path, rows=rows)
    wild, tame = outcome.results
    assert (wild.state, tame.state) == ("failed", "finished")
    assert wild.reason is not None
    assert wild.reason.startswith("diverged in epoch 0: the calibration loss is nan")
    assert "Row 1 failed: diverged" in (tmp_path / "out" / "table.md").read_text()
    assert outcome.marks.best == 2


def test_failed_rows_are_tried_again_only_when_asked(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def failing(recipe: Any, manifest: Any, out: Path, **_: Any) -> None:
        calls.append(out.name)
        raise RuntimeError("CUDA out of memory.\nTried to allocate")

    with monkeypatch.context() as patch:
        patch.setattr(sweep_run, "train", failing)
        with pytest.raises(TrainingError, match="every row failed, the first: CUDA out of memory"):
            swept(manifest, tmp_path, rows=[{"seed": 1}])
        with pytest.raises(TrainingError, match="every row failed"):
            swept(manifest, tmp_path, rows=[{"seed": 1}])
    assert calls == ["01-seed-1"]
    outcome = swept(manifest, tmp_path, rows=[{"seed": 1}], retry_failed=True)
    assert outcome.results[0].state == "finished"


def test_ctrl_c_stops_the_sweep_and_is_no_failure(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(HeadsModule, "training_step", interrupted)
        with pytest.raises(TrainingInterruptedError, match="the same command goes on"):
            swept(manifest, tmp_path)
    assert not list((tmp_path / "out").rglob("failure.json"))
    assert not (tmp_path / "out" / "rows" / "02-learning-rate-0.01").exists()


def test_more_rows_may_be_added_and_nothing_trains_twice(
    manifest: Manifest, tmp_path: Path
) -> None:
    swept(manifest, tmp_path)
    before = weights(tmp_path / "out")
    more = {"optim.learning_rate": [0.02, 0.05, 0.01]}
    outcome = swept(manifest, tmp_path, grid=more, thresholds={"epochs": 2})
    after = weights(tmp_path / "out")
    assert [result.label for result in outcome.results][2] == "learning rate 0.02"
    assert {name: after[name] for name in before} == before
    assert outcome.marks.above == {1, 2, 3}


def test_rows_share_the_pictures_that_judge(without_splits: Manifest, tmp_path: Path) -> None:
    swept(without_splits, tmp_path, rows=[{"seed": 1}, {"seed": 2}])
    runs = [RunFolder(path) for path in (tmp_path / "out" / "rows").iterdir()]
    first, second = (run.manifest().select("val").uris for run in runs)
    assert first == second


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"grid": {"optim.speed": [1]}}, "row 'speed 1': .*Extra inputs"),
        ({"grid": {"seed": [1, 1]}}, r"rows 1 and 2 of the sweep \('seed 1'\) are the same"),
        ({"overrides": ["optim.learning_rate=0.1"]}, "rows 1 and 2 .*or take back the --set"),
        ({"grid": {"model.architecture": ["vgg99"]}}, "row 'vgg99': unknown architecture"),
        ({"rows": [{"model.options.depth": 3}]}, "row 'depth 3': .*does not take"),
    ],
)
def test_what_cannot_be_trained_is_told_before_anything_is(
    manifest: Manifest, tmp_path: Path, parts: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        swept(manifest, tmp_path, **parts)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def untrained(manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep that was begun; nothing trains in it."""

    def interrupted(*_: Any, **__: Any) -> None:
        raise TrainingInterruptedError("x")

    monkeypatch.setattr(sweep_run, "train", interrupted)
    with pytest.raises(TrainingInterruptedError):
        swept(manifest, tmp_path)
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"grid": {"optim.learning_rate": [0.05]}}, r"row 02-\S+ \(learning rate 0.01\) is gone"),
        (
            {"grid": {"optim.learning_rate": [0.05, 0.03]}},
            "in row 02-.* optim.learning_rate was 0.01 and is 0.03",
        ),
        ({"overrides": ["seed=9"]}, "in row 01-.* seed was 3 and is 9"),
        ({"overrides": ["input.size_px=48"]}, "in row 01-.* input.size_px was 32 and is 48"),
    ],
)
def test_another_sweep_in_the_same_folder_is_refused_with_the_difference(
    manifest: Manifest, untrained: Path, tmp_path: Path, parts: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=f"holds another sweep: {message}"):
        swept(manifest, tmp_path, **parts)


def test_other_pictures_are_refused(manifest: Manifest, untrained: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="a sweep over other pictures"):
        swept(manifest.take(range(3, len(manifest))), tmp_path)


def test_a_folder_of_something_else_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(TrainingError, match="something else than a sweep"):
        swept(manifest, tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 0}'])
def test_a_plan_that_cannot_be_read_is_refused(
    manifest: Manifest, tmp_path: Path, content: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sweep.json").write_text(content)
    with pytest.raises(TrainingError, match="no plan of this version"):
        swept(manifest, tmp_path)
