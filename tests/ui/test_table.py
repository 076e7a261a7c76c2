from __future__ import annotations

from typing import Any

from genderlens.ui.answers import Answer, UploadedPicture
from genderlens.ui.table import to_csv

AGE = {"prediction": None, "confidence": 0.4, "probabilities": {"young": 0.4, "old": 0.6}}


def lines(*documents: dict[str, Any]) -> list[str]:
    answers = [Answer(UploadedPicture("a.jpg", b"a"), "single", one) for one in documents]
    return to_csv(answers).decode().splitlines()


def told(**shares: float) -> dict[str, Any]:
    return {"outcome": "classified", "prediction": "x", "faces": [{}], "probabilities": shares}


def test_of_two_labels_the_first_ones_probability_is_a_column() -> None:
    head, row = lines(told(male=0.9, female=0.1))
    assert head == (
        "name,outcome,prediction,confidence,probability_male,person_count,model_version,error"
    )
    assert row == "a.jpg,classified,x,,0.9,,,"


def test_of_more_labels_each_has_one_and_attributes_follow() -> None:
    answer = told(a=0.5, b=0.3, c=0.2) | {"attributes": {"age_group": AGE}}
    head, row, empty = lines(answer, {"outcome": "no_person"})
    assert head == (
        "name,outcome,prediction,confidence,probability_a,probability_b,probability_c,"
        "age_group,age_group_confidence,person_count,model_version,error"
    )
    assert row == "a.jpg,classified,x,,0.5,0.3,0.2,,0.4,,,"
    assert empty == "a.jpg,no_person,,,,,,,,,,"
