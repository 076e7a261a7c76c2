"""The predictions table keeps its schema and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.heads.default import GENDER
from genderlens.predictions import (
    SCHEMA,
    predictions_schema,
    predictions_table,
    read_predictions,
    table_heads,
    write_predictions,
)
from genderlens.types import Box, FaceResult, Outcome, Prediction
from made_answers import AGES, WORDS, face_result, head_answer


def face(left: float) -> FaceResult:
    return face_result(0.9, box=Box(left, 0.0, left + 10.0, 12.0), score=0.8)


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


def test_the_default_table_is_as_it_was() -> None:
    names = SCHEMA.names
    assert names[:7] == [
        "uri",
        "outcome",
        "label",
        "prediction",
        "confidence",
        "logit",
        "probability_male",
    ]
    assert table_heads(SCHEMA) == (GENDER,)
    assert table_heads(SCHEMA.remove_metadata()) == (GENDER,)


def test_every_label_of_another_head_has_its_probability(tmp_path: Path) -> None:
    first = head_answer((0.2, 0.7, 0.1), WORDS, Outcome.CLASSIFIED)
    ages = head_answer((0.1, 0.6, 0.3), AGES, Outcome.UNCERTAIN)
    answer = Prediction(Outcome.CLASSIFIED, 1, "v", (FaceResult(first, None, None, None, (ages,)),))
    table = predictions_table(["a"], ["feminine"], [answer], heads=(WORDS, AGES))
    write_predictions(table, tmp_path / "p.parquet")
    read = read_predictions(tmp_path / "p.parquet")
    assert read == table
    (row,) = read.to_pylist()
    assert (row["prediction"], row["age_group"]) == ("masculine", None)  # age is uncertain
    assert row["probability_androgynous"] == 0.1
    assert row["age_group_probabilities"] == [0.1, 0.6, 0.3]
    told = table_heads(read.schema)
    assert [(head.name, head.labels, head.kind) for head in told] == [
        (head.name, head.labels, head.kind) for head in (WORDS, AGES)
    ]


@pytest.mark.parametrize(
    "told", [b"[]", b"{", b'[{"name": "x"}]', b'[{"name": "x", "labels": []}]']
)
def test_heads_that_make_no_sense_are_an_error(told: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own and ours
        table_heads(predictions_schema().with_metadata({b"genderlens.heads": told}))
