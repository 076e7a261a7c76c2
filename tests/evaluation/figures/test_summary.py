"""What a bundle notes of a head."""

from __future__ import annotations

import pytest

from evaluation.tables import AGES, head_table, random_table
from genderlens.evaluation.figures.metrics import calibration_gap
from genderlens.evaluation.figures.summary import head_figures
from genderlens.evaluation.judging import judge_rows


def test_labels_in_an_order_have_their_distance_and_every_figure_an_interval() -> None:
    rows = judge_rows(head_table(AGES, 600))
    found = head_figures(rows)
    assert found["mean_absolute_error"].value == pytest.approx(rows.distance.mean())
    assert found["off_by_one_accuracy"].value == pytest.approx((rows.distance <= 1).mean())
    assert found["ece"].value == pytest.approx(calibration_gap(rows.confidence, rows.right))
    for name, figure in found.items():
        assert figure.low <= figure.value <= figure.high, name
        assert figure.low < figure.high, name


def test_what_a_head_does_not_have_is_missing() -> None:
    assert not {"mean_absolute_error", "off_by_one_accuracy"} & set(
        head_figures(judge_rows(random_table(60)))
    )


def test_of_no_answer_nothing_is_noted_but_that() -> None:
    table = random_table(3).to_pylist()
    refused = [row | {"outcome": "no_person", "probability_male": None} for row in table]
    rows = judge_rows(random_table(1).from_pylist(refused, schema=random_table(1).schema))
    assert head_figures(rows) == {}
