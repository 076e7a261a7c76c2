"""What is read of a training while it goes on."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from genderlens.jobs.curves import read_epochs, read_progress
from genderlens.jobs.record import Epoch, Job, create_job
from genderlens.recipe import load_recipe

HEAD = "epoch,train_loss,train_accuracy,calibration_accuracy,learning_rate"
ROWS = ["0,0.9,0.5,0.5,0.1", "1,0.5,0.75,0.7,0.05"]


def write(run: Path, *rows: str, end: str = "\n") -> Path:
    (run / "curves.csv").write_bytes(("\n".join([HEAD, *rows]) + end).encode())
    return run


def test_every_epoch_with_its_figures(tmp_path: Path) -> None:
    write(tmp_path, *ROWS)
    (tmp_path / "times.csv").write_text("epoch,seconds\n0,3.5\n")
    first, second = read_epochs(tmp_path)
    assert first == Epoch(
        epoch=1,
        train_loss=0.9,
        train_accuracy=0.5,
        calibration_accuracy=0.5,
        learning_rate=0.1,
        seconds=3.5,
    )
    assert (second.epoch, second.train_loss, second.seconds) == (2, 0.5, None)


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ("2,0.3,0.8,0.8,0.0", ""),
        ("2,0.3", "\n"),
        ("2,0.3,0.8,0.8,0.05,7,8", "\n"),
        ("x,0.3,0.8,0.8,0.05", "\n"),
        ("-1,0.3,0.8,0.8,0.05", "\n"),
        ("9" * 5000 + ",0.3,0.8,0.8,0.05", "\n"),
        ("", "\n"),
        ('"2,0.3', "\n"),
        ("\0\0\0", "\n"),
    ],
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, row: str, end: str) -> None:
    write(tmp_path, *ROWS, row, end=end)
    assert [one.epoch for one in read_epochs(tmp_path)] == [1, 2]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n", HEAD[:9].encode()])
def test_a_file_that_is_no_table_is_no_epoch(tmp_path: Path, content: bytes) -> None:
    assert read_epochs(tmp_path) == []
    (tmp_path / "curves.csv").write_bytes(content)
    assert read_epochs(tmp_path) == []
    assert read_progress(tmp_path).epoch == 0


def test_a_training_that_diverges_can_be_stored_and_shown(tmp_path: Path) -> None:
    write(tmp_path, "0,nan,inf,0.5,1e999", "1,-inf,,x,0.1")
    first, second = read_epochs(tmp_path)
    assert (first.train_loss, first.train_accuracy, first.learning_rate) == (None, None, None)
    assert second.learning_rate == 0.1
    progress = read_progress(tmp_path)
    assert progress.figures == {"learning_rate": 0.1}
    job = create_job("a", "b").with_changes(progress=progress)
    assert Job.model_validate_json(job.model_dump_json()) == job


def test_the_end_is_foretold_from_the_last_epochs(tmp_path: Path) -> None:
    recipe = load_recipe("small-data")
    (tmp_path / "recipe.json").write_text(recipe.model_dump_json())
    write(tmp_path, *ROWS)
    assert read_progress(tmp_path).training_until is None
    (tmp_path / "times.csv").write_text("epoch,seconds\n0,30\n1,10\n")
    os.utime(tmp_path / "curves.csv", (1_000_000, 1_000_000))
    progress = read_progress(tmp_path)
    assert (progress.epoch, progress.epochs) == (2, recipe.epochs)
    until = datetime.fromisoformat(str(progress.training_until))
    assert until.timestamp() == 1_000_000 + 20 * (recipe.epochs - 2)
    assert read_progress(tmp_path) == progress


def test_the_end_is_not_foretold_once_it_is_there(tmp_path: Path) -> None:
    write(tmp_path, *ROWS)
    (tmp_path / "times.csv").write_text("epoch,seconds\n0,30\n1,10\n")
    assert read_progress(tmp_path).training_until is None


def test_the_names_are_those_that_the_training_writes() -> None:
    from genderlens.training.curves import METRICS

    assert set(METRICS) == set(Epoch.model_fields) - {"epoch", "seconds"}
