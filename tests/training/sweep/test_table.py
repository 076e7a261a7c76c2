from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from genderlens.recipe.sweep import SweepRecipe, Thresholds
from genderlens.training.sweep.marks import mark_rows, reaches
from genderlens.training.sweep.plot import draw_table
from genderlens.training.sweep.results import RowResult, epochs_to_converge
from genderlens.training.sweep.table import (
    HEADINGS,
    cells,
    csv_table,
    json_table,
    markdown_table,
    write_json,
)


def row(number: int, **figures: Any) -> RowResult:
    good = {
        "state": "finished", "split": "test", "pictures": 750, "accuracy": 0.91, "f1": 0.9,
        "roc_auc": 0.97, "training_s": 1000.0, "epoch_s": 100.0, "inference_ms": 150.0,
        "epochs": 6, "parameters": 138_357_544, "megabytes": 553.4,
    }  # fmt: skip
    values = {"architecture": "vgg16"} | good | figures
    return RowResult(number, f"row {number}", f"{number:02d}-row", **values)


def sweep_of(**parts: Any) -> SweepRecipe:
    return SweepRecipe.model_validate({"recipe": "x", "grid": {"seed": [1]}} | parts)


SEED_003 = {"accuracy": 0.9, "f1": 0.9, "epoch_s": 110, "inference_ms": 200, "epochs": 6}


@pytest.mark.parametrize(
    ("figures", "good"),
    [
        ({}, True),
        ({"f1": 0.8999}, False),
        ({"accuracy": 0.9}, True),
        ({"epoch_s": 110.0}, True),
        ({"epoch_s": 110.1}, False),
        ({"epochs": 7}, False),
        ({"inference_ms": None}, False),
        ({"roc_auc": 0.1}, True),
    ],
)
def test_scores_must_reach_and_times_must_keep_within(figures: dict[str, Any], good: bool) -> None:
    assert reaches(row(1, **figures), Thresholds.model_validate(SEED_003)) is good


def test_without_thresholds_no_row_is_above_them() -> None:
    assert not reaches(row(1), Thresholds())


def test_the_best_row_is_by_the_score_asked_for() -> None:
    rows = [row(1, f1=0.95), row(2, accuracy=0.92), row(3, accuracy=0.92), row(4, state="waiting")]
    assert mark_rows(rows, sweep_of()).best == 2
    assert mark_rows(rows, sweep_of(best_by="f1")).best == 1
    assert mark_rows([row(1, state="failed")], sweep_of()).best is None
    assert mark_rows([row(1, accuracy=None)], sweep_of()).best is None


@pytest.mark.parametrize(
    ("accuracies", "epoch"),
    [([0.5, 0.9, 0.7], 2), ([0.9, 0.904, 0.9051], 2), ([0.1], 1), ([0.9, 0.905], 1)],
)
def test_epochs_to_converge(accuracies: list[float], epoch: int) -> None:
    curves = [{"calibration_accuracy": str(value)} for value in accuracies]
    assert epochs_to_converge(curves) == epoch


WAITING = RowResult(3, "a | b", "03-row", "vgg19")
FAILED = RowResult(4, "wild", "04-row", "vgg19", state="failed", reason="diverged in epoch 0")


def test_markdown_shows_figures_marks_and_reasons() -> None:
    rows, sweep = [row(1), row(2, accuracy=0.93, epochs=9), WAITING, FAILED], sweep_of(
        thresholds=SEED_003
    )  # fmt: skip
    text = markdown_table(rows, mark_rows(rows, sweep), sweep)
    lines = text.splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines[:6]}) == 1
    assert lines[2] == (
        "| 1 | row 1 | 91.00 % | 0.9000 | 0.9700 | 1,000.0 s | 100.0 s | 150.00 ms | 6 | "
        "138.36 M | 553.4 MB | above thresholds |"
    )
    assert lines[3].startswith("| **2** | **row 2** | **93.00 %** |")
    assert lines[3].endswith("| **best** |")
    assert lines[4].startswith("| 3 | a \\| b | – |")
    assert lines[4].endswith("| waiting |")
    assert "Scores on 750 pictures of test" in text
    assert "accuracy ≥ 0.9, f1 ≥ 0.9, epoch_s ≤ 110, inference_ms ≤ 200, epochs ≤ 6" in text
    assert "- Row 4 failed: diverged in epoch 0" in text


def test_the_worst_group_has_its_columns_where_the_sweep_asks_for_one() -> None:
    rows, sweep = [row(1, worst=0.8123, worst_group="b")], sweep_of(worst_by="race")
    lines = markdown_table(rows, mark_rows(rows, sweep), sweep).splitlines()
    assert "| worst group | which |" in lines[0]
    assert "**81.2 %** | **b**" in lines[2]
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")


def test_a_line_has_a_cell_for_each_heading() -> None:
    marks = mark_rows([row(1), FAILED], sweep_of())
    assert all(len(cells(result, marks)) == len(HEADINGS) for result in (row(1), FAILED))


def test_csv_and_json_hold_every_figure_in_full() -> None:
    rows, sweep = [row(1, accuracy=1 / 3), WAITING], sweep_of(thresholds={"epochs": 6})
    marks = mark_rows(rows, sweep)
    table = json.loads(write_json(json_table(rows, marks, sweep)))
    assert (table["best"], table["thresholds"]) == (1, {"epochs": 6})
    assert table["rows"][0]["accuracy"] == 1 / 3
    assert [r["above_thresholds"] for r in table["rows"]] == [True, False]
    written = list(csv.DictReader(csv_table(rows, marks).splitlines()))
    assert [r["accuracy"] for r in written] == [str(1 / 3), ""]
    assert [r["best"] for r in written] == ["True", "False"]


@pytest.mark.parametrize(
    "rows", [[row(1), row(2, architecture="vgg19"), WAITING, FAILED], [WAITING]]
)
def test_the_plot_is_a_picture_of_any_state(rows: list[RowResult]) -> None:
    assert draw_table(rows, mark_rows(rows, sweep_of())).startswith(b"\x89PNG")
