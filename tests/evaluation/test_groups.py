"""Accuracy by group from a predictions table."""

from __future__ import annotations

import pyarrow as pa
import pytest

from genderlens.evaluation.groups import Scores, accuracy_by_group
from genderlens.predictions import SCHEMA

ROWS = [
    ("classified", "male", 0.9),
    ("classified", "male", 0.2),
    ("classified", "female", 0.1),
    ("uncertain", "female", 0.45),
    ("uncertain", "female", 0.55),
    ("no_person", "male", None),
]


@pytest.fixture
def scores() -> Scores:
    rows = [{"outcome": o, "label": label, "probability_male": p} for o, label, p in ROWS]
    return Scores(pa.Table.from_pylist(rows, schema=SCHEMA))


def test_refusals_are_not_judged_and_uncertain_ones_are(scores: Scores) -> None:
    assert (scores.accuracy().value, scores.accuracy().count) == (0.6, 5)
    assert (scores.accuracy_when_certain().value, scores.accuracy_when_certain().count) == (
        pytest.approx(2 / 3),
        3,
    )
    assert (scores.abstentions().value, scores.abstentions().count) == (0.4, 5)


def test_groups_leave_out_rows_without_a_value(scores: Scores) -> None:
    groups = accuracy_by_group(scores, {"age": ["20", "20", "60", None, "60", "20"]})
    assert {name: (s.value, s.count) for name, s in groups["age"].items()} == {
        "20": (0.5, 2),
        "60": (0.5, 2),
    }


def test_metrics_are_complete(scores: Scores) -> None:
    assert set(scores.metrics()) == {"accuracy_when_certain", "auroc", "brier", "ece"}


def test_groups_come_in_the_order_that_people_count(scores: Scores) -> None:
    ages = ["20-29", "3-9", "more than 70", "10-19", "0-2", "60-69"]
    groups = accuracy_by_group(scores, {"age": ages})
    assert list(groups["age"]) == ["0-2", "3-9", "10-19", "20-29", "60-69", "more than 70"]
