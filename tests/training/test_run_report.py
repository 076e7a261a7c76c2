"""What a finished run says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.tables import random_table
from genderlens.data.manifest import Manifest
from genderlens.errors import TrainingError
from genderlens.heads.default import GENDER
from genderlens.predictions import write_predictions
from genderlens.run_folder import RunFolder
from genderlens.training.run_report import RunReport, write_run_report
from genderlens.types import Estimate
from training.tiny import tiny


def finished_run(folder: Path, *splits: str) -> RunFolder:
    """A run whose answers on 60 pictures of each split were made up."""
    run, table = RunFolder(folder), random_table(60)
    uris, labels = (table.column(name).to_pylist() for name in ("uri", "label"))
    rows = [
        {"uri": uri, "label": label, "source": "made up", "split": split}
        for split in ("train", *splits)
        for uri, label in zip(uris, labels, strict=True)
    ]
    run.start(tiny(), Manifest.from_rows(rows), {})
    for split in splits:
        write_predictions(table, run.predictions(split))
    run.weights.write_bytes(b"weights")
    run.finish({"epochs": 1})
    return run


def test_validation_pictures_are_judged_and_the_report_lies_in_the_run(tmp_path: Path) -> None:
    report = write_run_report(finished_run(tmp_path / "run", "calibration", "val", "test"))
    assert (report.split, report.pictures) == ("val", 60)
    assert report.page == tmp_path / "run" / "report" / "report.html"
    assert "made up" in report.page.read_text("utf-8")
    first, second = report.lines()
    assert first.startswith(f"accuracy {report.accuracy.value:.1%} (")
    assert second == f"report: {report.page}"


def test_without_validation_pictures_others_that_taught_nothing_are_judged(tmp_path: Path) -> None:
    assert write_run_report(finished_run(tmp_path / "run", "calibration")).split == "calibration"


def test_an_unfinished_run_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no finished run"):
        write_run_report(RunFolder(tmp_path / "nowhere"))


def test_a_run_that_learned_nothing_is_told(tmp_path: Path) -> None:
    guess = RunReport(tmp_path, "val", 60, Estimate(0.55, 0.42, 0.67, 60), GENDER)
    assert "no better than guessing" in guess.lines()[-1]
    assert "teacher=[default]" in guess.lines()[-1]
    good = RunReport(tmp_path, "val", 60, Estimate(0.9, 0.8, 0.96, 60), GENDER)
    assert len(good.lines()) == 2
