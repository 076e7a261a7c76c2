"""Groups, gaps and abstaining for heads of more than two labels."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.tables import AGES, head_table
from genderlens.evaluation.figures.fairness import audit
from genderlens.evaluation.figures.gaps import fairness_metrics, find_gaps, significant_groups
from genderlens.evaluation.figures.metrics import calibration_gap
from genderlens.evaluation.figures.selective import selective_groups
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from made_answers import WORDS


@pytest.fixture(scope="module", params=[WORDS, AGES], ids=lambda head: head.name)
def rows(request: pytest.FixtureRequest) -> Judged:
    return judge_rows(head_table(request.param, 3000, hard=0.4), by=["group", "label"])


def test_the_hard_group_is_found(rows: Judged) -> None:
    groups = audit(rows)
    figures = fairness_metrics(groups, find_gaps(groups, smallest=100), smallest=100)
    assert figures["largest_accuracy_gap"].low > 0
    assert {("group", "a"), ("group", "b")} <= set(significant_groups(groups))
    own = rows.attributes["group"].codes == 1
    group = next(group for group in groups if group.values == ("b",))
    assert group.rates["accuracy"].value == pytest.approx(rows.right[own].mean())
    error = group.estimates["ece"]
    assert error.value == pytest.approx(calibration_gap(rows.confidence[own], rows.right[own]))
    assert error.low < error.value < error.high


def test_groups_of_few_labels_tell_every_recall_and_those_of_many_the_distance() -> None:
    words = audit(judge_rows(head_table(WORDS, 600), by=["group"]))[0]
    assert {"recall_feminine", "recall_masculine", "recall_androgynous"} < set(words.rates)
    assert "false_positive_rate_feminine" not in words.to_dict(WORDS)
    ages = judge_rows(head_table(AGES, 600), by=["group"])
    group = audit(ages)[0]
    assert not [name for name in group.rates if name.startswith("recall")]
    own = ages.attributes["group"].codes == 0
    assert group.rates["off_by_one_accuracy"].value == pytest.approx(
        (ages.distance[own] <= 1).mean()
    )
    distance = group.estimates["mean_absolute_error"]
    assert distance.value == pytest.approx(ages.distance[own].mean())
    assert distance.low < distance.value < distance.high
    assert group.to_dict(AGES)["mean_absolute_error"]["value"] == pytest.approx(
        distance.value, abs=1e-6
    )


def test_one_threshold_for_all_is_followed_in_each_group(rows: Judged) -> None:
    found = selective_groups(rows, 0.6, np.random.default_rng(0))
    group = next(one for one in found if (one.column, one.value) == ("group", "b"))
    own = rows.attributes["group"].codes == 1
    kept = own & (rows.confidence >= 0.6)
    assert group.error_before.value == pytest.approx((~rows.right[own]).mean())
    assert group.error_after.value == pytest.approx((~rows.right[kept]).mean())
    assert group.area.low < group.area.value < group.area.high
