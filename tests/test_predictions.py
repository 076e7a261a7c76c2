"""The predictions table keeps its schema and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.predictions import SCHEMA, predictions_table, read_predictions, write_predictions
from genderlens.types import Box, FaceResult, Outcome, Prediction


def face(left: float) -> FaceResult:
    return FaceResult(
        Outcome.CLASSIFIED, "male", 0.9, 2.197, 0.9, Box(left, 0.0, left + 10.0, 12.0), 0.8
    )


@pytest.fixture
def answers() -> list[Prediction]:
    return [
        Prediction(Outcome.CLASSIFIED, 2, "v1", (face(0), face(20))),
        Prediction(Outcome.NO_PERSON, 0, "v1", error="nobody", error_code="no_person"),
    ]


def test_a_row_per_face_and_per_refusal(answers: list[Prediction]) -> None:
    table = predictions_table(["a.jpg", "b.jpg"], ["male", None], answers)
    assert table.schema == SCHEMA
    assert table.column("uri").to_pylist() == ["a.jpg", "a.jpg", "b.jpg"]
    assert table.column("face_index").to_pylist() == [0, 1, None]
    assert table.column("outcome").to_pylist() == ["classified", "classified", "no_person"]
    assert table.column("label").to_pylist() == ["male", "male", None]
    assert table.column("box").to_pylist()[1] == [20.0, 0.0, 30.0, 12.0]


def test_round_trip(answers: list[Prediction], tmp_path: Path) -> None:
    table = predictions_table(["a", "b"], [None, None], answers)
    write_predictions(table, tmp_path / "deep" / "p.parquet")
    assert read_predictions(tmp_path / "deep" / "p.parquet") == table
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["p.parquet"]


def test_an_answer_too_few_is_an_error(answers: list[Prediction]) -> None:
    with pytest.raises(ValueError, match="shorter"):
        predictions_table(["a", "b", "c"], [None] * 3, answers)
