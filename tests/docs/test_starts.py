"""``benchmarks/starts.py``: what it says of a run."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluation.tables import table_of
from genderlens.data.manifest import Manifest
from genderlens.run_folder import RunFolder
from training.tiny import tiny

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_a_row_counts_what_taught_and_what_is_right_of_the_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import starts

    run = RunFolder(tmp_path / "run")
    recipe = tiny(model={"architecture": "compact_resnet", "pretrained": "default"})
    splits = ["train", "train", "calibration", "val", "test", "test"]
    rows = [{"uri": f"{n}", "label": "male", "split": split} for n, split in enumerate(splits)]
    environment = {"cpus": 2, "machine": "x86_64", "system": "Linux", "gpus": []}
    run.start(recipe, Manifest.from_rows(rows), environment)
    answers = [("classified", "male", 0.9), ("uncertain", "male", 0.6), ("classified", "male", 0.2)]
    pq.write_table(table_of(answers), run.predictions("test"))
    run.finish({"epochs": 4, "training_s": 2.0, "finished": "2026-11-28T01:00:00+00:00"})
    row = starts.measure(run)
    assert (row["portraits"], row["start"], row["test_portraits"]) == (3, "default", 3)
    assert row["accuracy"]["value"] == pytest.approx(2 / 3)
    assert row["date"] == "2026-11-28"
    assert row["machine"] == "2 CPUs, x86_64, Linux, no GPU"
