"""Thresholds for a target error."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.tables import AGES, head_table, ranked
from genderlens.calibration import choose_threshold
from genderlens.evaluation.figures.abstention import abstention_rows
from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.score_bins import build_cells
from genderlens.evaluation.figures.scores import score_figures
from genderlens.evaluation.judging import judge_rows

DRAWN = np.asarray([[0.2, 0.0], [0.9, 0.1]])


def test_the_largest_coverage_that_keeps_the_target() -> None:
    confidence = np.asarray([0.99, 0.95, 0.9, 0.8, 0.7, 0.6])
    right = np.asarray([True, True, True, True, False, True])
    loose, tight, none = abstention_rows(
        build_cells(confidence, right), [0.3, 0.2, 0.0], np.repeat(DRAWN, [1, 2], axis=1)
    )
    assert (loose.coverage.value, loose.threshold) == (1.0, 0.6)
    assert loose.error.value == pytest.approx(1 / 6)
    assert (tight.threshold, tight.error.count, tight.error.value) == (0.8, 4, 0.0)
    assert (none.threshold, none.coverage.value) == (None, 0.0)


@pytest.mark.parametrize("target", [0.005, 0.01, 0.02, 0.05])
@pytest.mark.parametrize("count", [90, 99, 400, 3000])
def test_report_and_bundle_choose_alike(target: float, count: int) -> None:
    generator = np.random.default_rng(count)
    probability = 1 / (1 + np.exp(-generator.normal(0, 5, count)))
    male = generator.random(count) < probability
    confidence = np.maximum(probability, 1 - probability)
    chosen = choose_threshold(confidence, (probability >= 0.5) != male, target)
    (row,) = abstention_rows(build_cells(probability, male), [target], np.zeros((2, 1)))
    assert row.coverage.value == pytest.approx(chosen.coverage if chosen else 0.0)
    assert row.error.value == pytest.approx(chosen.error if chosen else 0.0, nan_ok=True)


@pytest.mark.parametrize("target", [0.05, 0.2, 0.35])
def test_report_and_bundle_choose_alike_among_many_labels(target: float) -> None:
    rows = judge_rows(head_table(AGES, 900, seed=6))
    chosen = choose_threshold(rows.confidence, ~rows.right, target, lowest=1 / len(AGES.labels))
    (row,) = abstention_rows(answered_scores(rows).cells(0), [target], np.zeros((2, 1)))
    assert row.coverage.value == pytest.approx(chosen.coverage if chosen else 0.0)
    assert row.error.value == pytest.approx(chosen.error if chosen else 0.0)


def test_a_handful_of_sure_answers_proves_no_target_in_a_report_either() -> None:
    sure = np.linspace(0.9, 0.999, 98)
    (row,) = abstention_rows(build_cells(sure, np.ones(98, bool)), [0.01], np.zeros((2, 1)))
    assert row.threshold is None


def test_out_of_reach_is_said() -> None:
    (row,) = abstention_rows(build_cells(np.asarray([0.9]), np.asarray([False])), [0.01], DRAWN)
    assert row.threshold is None
    assert row.coverage.value == 0.0
    assert row.to_dict()["error"]["count"] == 0


def test_coverage_has_an_interval_that_holds_the_choice() -> None:
    generator = np.random.default_rng(0)
    probability = 1 / (1 + np.exp(-generator.normal(0, 4, 3000)))
    male = generator.random(3000) < probability
    figures = score_figures(ranked(probability, male), generator, targets=[0.02], replicates=200)
    (row,) = figures.abstention
    assert row.error.value <= 0.02
    assert row.coverage.low < row.coverage.value < row.coverage.high
    assert row.coverage.high - row.coverage.low > 0.02
