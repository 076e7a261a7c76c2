"""Rates by group, gaps, and what abstaining does to a group."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.tables import random_rows, table_of
from genderlens.evaluation.figures.fairness import accuracy_by_group, audit
from genderlens.evaluation.figures.gaps import fairness_metrics, find_gaps, significant_groups
from genderlens.evaluation.figures.selective import selective_groups
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads.default import GENDER


@pytest.fixture(scope="module")
def rows() -> Judged:
    return random_rows(6000, hard=0.2)


def test_rates_are_those_of_the_rows(rows: Judged) -> None:
    groups = {(g.columns, g.values): g for g in audit(rows)}
    member = rows.attributes["group"].codes == 1
    group = groups[("group",), ("b",)]
    assert group.count == member.sum()
    assert group.rates["accuracy"].value == pytest.approx(rows.right[member].mean())
    assert group.rates["recall_male"].value == pytest.approx(
        rows.right[member & rows.positive].mean()
    )
    assert group.rates["abstention_rate"].value == pytest.approx((~rows.certain)[member].mean())
    assert group.mean_confidence.value == pytest.approx(rows.confidence[member].mean())
    crossed = groups[("group", "label"), ("b", "male")]
    assert crossed.count == (member & rows.positive).sum()
    assert len(groups) == 2 + 2 + 4


def test_false_positive_rates_are_the_other_recalls_rest(rows: Judged) -> None:
    group = audit(rows)[0]
    document = group.to_dict(GENDER)
    expected = 1 - group.rates["recall_female"].value
    assert document["false_positive_rate_male"]["value"] == pytest.approx(expected)
    rate = document["false_positive_rate_male"]
    assert rate["low"] <= rate["value"] <= rate["high"]


def test_rows_without_a_value_are_in_no_group() -> None:
    table = table_of([("classified", "male", 0.9)] * 3, age=["a", None, "a"])
    (group,) = audit(judge_rows(table, by=["age"]))
    assert group.count == 2


def test_refusals_of_a_group_count() -> None:
    table = table_of([("classified", "male", 0.9), ("no_person", "male", None)], age=["a", "a"])
    (group,) = audit(judge_rows(table, by=["age"]))
    assert (group.rates["refusal_rate"].value, group.rates["accuracy"].value) == (0.5, 1.0)
    assert np.isfinite(group.mean_confidence.value)


def test_the_hard_group_is_found(rows: Judged) -> None:
    groups = audit(rows)
    gaps = find_gaps(groups, smallest=100)
    gap = next(g for g in gaps if g.rate == "accuracy" and g.columns == ("group",))
    assert (gap.best.name, gap.worst.name) == ("a", "b")
    assert 0.1 < gap.difference.low < gap.difference.value < gap.difference.high < 0.25
    assert set(significant_groups(groups)) == {("group", "a"), ("group", "b")}
    figures = fairness_metrics(groups, gaps, smallest=100)
    assert figures["worst_group_accuracy"].value < 0.8
    assert figures["largest_accuracy_gap"].value >= gap.difference.value


def test_equal_groups_are_not_told_apart() -> None:
    assert significant_groups(audit(random_rows(6000, seed=5))) == {}


def test_small_groups_are_never_called_worst() -> None:
    table = table_of([("classified", "male", 0.9)] * 120 + [("classified", "male", 0.1)] * 5,
                     age=["old"] * 120 + ["young"] * 5)  # fmt: skip
    groups = audit(judge_rows(table, by=["age"]))
    assert [g.is_small(100) for g in groups] == [False, True]
    figures = fairness_metrics(groups, find_gaps(groups, smallest=100), smallest=100)
    assert figures["worst_group_accuracy"].value == 1.0
    assert np.isnan(figures["largest_accuracy_gap"].value)
    every = fairness_metrics(groups, find_gaps(groups, smallest=1), smallest=1)
    assert every["worst_group_accuracy"].value == 0.0
    assert every["largest_accuracy_gap"].value == 1.0


def test_newcombes_interval_of_the_textbook() -> None:
    """56/70 against 48/80: Newcombe 1998, table II, method 10, case a."""
    table = table_of(
        [("classified", "male", 0.9)] * 56
        + [("classified", "male", 0.1)] * 14
        + [("classified", "male", 0.9)] * 48
        + [("classified", "male", 0.1)] * 32,
        age=["a"] * 70 + ["b"] * 80,
    )
    gap = find_gaps(audit(judge_rows(table, by=["age"])), smallest=1)[0]
    assert gap.difference.value == pytest.approx(0.2)
    assert gap.difference.low == pytest.approx(0.0524, abs=1e-4)
    assert gap.difference.high == pytest.approx(0.3339, abs=1e-4)


def test_abstaining_that_hurts_a_group_is_seen() -> None:
    """Group b is confidently wrong and hesitantly right."""
    sure, unsure = ("classified", "male", 0.99), ("classified", "male", 0.7)
    wrong = ("classified", "male", 0.01)
    table = table_of(
        [sure] * 300 + [unsure] * 100 + [wrong] * 40 + [unsure] * 160,
        group=["a"] * 400 + ["b"] * 200,
    )
    rows = judge_rows(table, by=["group"])
    kind, harsh = selective_groups(rows, 0.9, np.random.default_rng(0))
    assert (kind.value, kind.is_hurt) == ("a", False)
    assert harsh.is_hurt
    assert (harsh.error_before.value, harsh.error_after.value) == (0.2, 1.0)
    assert harsh.coverage_after.value == 0.2
    assert harsh.to_dict()["hurt"] is True
    assert harsh.accuracy[0] == 0.8


def test_without_an_answer_there_is_nothing_to_withhold() -> None:
    table = table_of([("no_person", "male", None)], group=["a"])
    assert selective_groups(judge_rows(table, by=["group"]), 0.9, np.random.default_rng(0)) == []


def test_of_no_picture_there_is_no_group() -> None:
    assert audit(judge_rows(table_of([], age=[]), by=["age"])) == []


def test_accuracy_by_group_leaves_out_rows_without_a_value() -> None:
    answers = [("male", 0.9), ("male", 0.2), ("female", 0.1), ("female", 0.45), ("female", 0.55)]
    ages = ["20", "20", "60", None, "60"]
    table = table_of([("classified", *answer) for answer in answers], age=ages, none=[None] * 5)
    groups = accuracy_by_group(judge_rows(table, by=["age", "none"]))
    found = {name: (share.value, share.count) for name, share in groups["age"].items()}
    assert found == {"20": (0.5, 2), "60": (0.5, 2)}
    assert groups["none"] == {}


def test_groups_come_in_the_order_that_people_count() -> None:
    ages = ["20-29", "3-9", "more than 70", "10-19", "0-2", "60-69"]
    table = table_of([("classified", "male", 0.9)] * 6, age=ages)
    groups = accuracy_by_group(judge_rows(table, by=["age"]))
    assert list(groups["age"]) == ["0-2", "3-9", "10-19", "20-29", "60-69", "more than 70"]
