"""What of a predictions table is judged, and with which attributes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from evaluation.tables import table_of
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, ManifestError
from genderlens.evaluation.judging import judge_rows

ROWS = [
    ("classified", "male", 0.9),
    ("uncertain", "female", 0.55),
    ("no_person", "male", None),
    ("classified", None, 0.8),
    ("unreadable", "female", None),
]


def test_refusals_are_judged_and_unlabelled_rows_are_counted() -> None:
    rows = judge_rows(table_of(ROWS))
    assert len(rows) == 4
    assert rows.unlabelled == 1
    assert rows.outcome_counts() == {
        "classified": 1,
        "uncertain": 1,
        "no_person": 1,
        "many_people": 0,
        "unreadable": 1,
    }
    assert rows.right.tolist() == [True, False, False, False]
    assert rows.certain.tolist() == [True, False, False, False]
    assert rows.position.tolist() == [0, 1, 2, 4]


def test_of_several_faces_the_first_is_judged() -> None:
    table = table_of([("classified", "male", 0.9), ("classified", "male", 0.1)])
    index = table.column_names.index("face_index")
    table = table.set_column(index, "face_index", pa.array([0, 1], pa.int32()))
    rows = judge_rows(table)
    assert (len(rows), rows.further_faces) == (1, 1)
    assert rows.right.all()


def test_attributes_are_joined_by_address_in_any_order() -> None:
    manifest = Manifest.from_rows(
        {"uri": uri, "label": label, "source": "x", "age": age}
        for uri, label, age in (("2", "male", "10-19"), ("3", "male", "3-9"), ("0", "male", None))
    )
    rows = judge_rows(table_of(ROWS), by=["age", "label"], manifest=manifest)
    age = rows.attributes["age"]
    assert age.values == ("3-9", "10-19")
    assert age.codes.tolist() == [-1, -1, 1, 0, -1]
    assert rows.unlabelled == 0
    assert rows.attributes["label"].values == ("female", "male")


def test_unknown_attributes_list_the_known_ones() -> None:
    table = table_of(ROWS, race=["a"] * 5)
    with pytest.raises(ManifestError, match=r"no column 'height'.*known are.* label,.* race"):
        judge_rows(table, by=["height"])


def test_too_many_values_are_no_groups() -> None:
    rows = [("classified", "male", 0.9)] * 300
    with pytest.raises(ManifestError, match="more than 200 different values"):
        judge_rows(table_of(rows, when=[str(i) for i in range(300)]), by=["when"])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("guessed", "male", 0.9), "'guessed'; known are classified"),
        (("classified", "man", 0.9), "'man'; known are female, male"),
        (("classified", "male", None), "'0' has an answer without a probability"),
        (("classified", "male", 1.5), "without a probability in 0..1"),
        (("uncertain", "male", float("nan")), "without a probability"),
    ],
)
def test_contradictions_are_refused(row: tuple[str, str, float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        judge_rows(table_of([row]))


def test_a_refusal_has_no_probability() -> None:
    assert np.isnan(judge_rows(table_of([("no_person", "male", 0.7)])).probability).all()
