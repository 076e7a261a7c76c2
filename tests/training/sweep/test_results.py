from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from safetensors.numpy import save_file

from genderlens.data.manifest import Manifest
from genderlens.predictions import SCHEMA, write_predictions
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.training.sweep.results import read_result
from genderlens.training.sweep.sweep_folder import SweepRow

RECIPE = Recipe.model_validate(
    {
        "name": "tiny",
        "model": {"architecture": "compact_resnet"},
        "input": {"size_px": 32},
        "phases": [{"epochs": 1}],
    }
)
RACES = ("a", "a", "b", "b", None)


@pytest.fixture
def row(tmp_path: Path) -> SweepRow:
    """A finished run whose answers are right but for one of group b."""
    run = RunFolder(tmp_path / "01-row")
    rows = [
        {"uri": f"{i}.jpg", "label": "male", "source": "x", "split": "test", "race": race}
        for i, race in enumerate(RACES)
    ]
    run.start(RECIPE, Manifest.from_rows(rows), {})
    answers = [_answer(i, 0.9 if i != 2 else 0.2) for i in range(len(RACES))]
    write_predictions(pa.Table.from_pylist(answers, schema=SCHEMA), run.predictions("test"))
    run.curves.write_text("epoch,calibration_accuracy\n0,0.8\n")
    save_file({"fc.weight": np.zeros((1, 1000), np.float32)}, run.weights)
    run.finish({"epochs": 1})
    return SweepRow("what", RECIPE, run)


def _answer(index: int, male: float) -> dict[str, Any]:
    return {
        "uri": f"{index}.jpg",
        "outcome": "classified",
        "label": "male",
        "probability_male": male,
        "logit": float(np.log(male / (1 - male))),
    }


def test_the_worst_group_is_named_with_its_accuracy(row: SweepRow) -> None:
    result = read_result(1, row, worst_by="race")
    assert (result.worst, result.worst_group) == (0.5, "b")
    assert result.accuracy == pytest.approx(0.8)


def test_nobody_asked_for_groups(row: SweepRow) -> None:
    assert read_result(1, row).worst is None


def test_size_and_parameters_are_those_of_the_weights(row: SweepRow) -> None:
    result = read_result(1, row)
    assert result.parameters == 1000
    assert result.megabytes == pytest.approx(0.004, rel=0.1)
