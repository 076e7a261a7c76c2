"""Figures of doubt for heads of more than two labels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from evaluation.tables import AGES, head_table, random_table
from genderlens.evaluation.figures.answered_scores import LabelScores, answered_scores
from genderlens.evaluation.figures.metrics import calibration_gap
from genderlens.evaluation.figures.scores import (
    ScoreFigures,
    calibration_estimate,
    score_figures,
    score_names,
)
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads.default import GENDER
from made_answers import WORDS


@pytest.fixture(scope="module", params=[WORDS, AGES], ids=lambda head: head.name)
def rows(request: pytest.FixtureRequest) -> Judged:
    return judge_rows(head_table(request.param, 1200, seed=2, hard=0.2))


@pytest.fixture(scope="module")
def found(rows: Judged) -> ScoreFigures:
    generator = np.random.default_rng(0)
    return score_figures(answered_scores(rows), generator, targets=[0.02, 0.25], replicates=200)


def test_agree_with_their_definitions(rows: Judged, found: ScoreFigures) -> None:
    exact = np.eye(len(rows.head.labels))[rows.label]
    values = {name: figure.value for name, figure in found.metrics.items()}
    assert values["log_loss"] == pytest.approx(
        reference.log_loss(rows.label, rows.shares, labels=range(len(rows.head.labels)))
    )
    assert values["brier"] == pytest.approx(((rows.shares - exact) ** 2).sum(axis=1).mean())
    assert values["ece"] == pytest.approx(calibration_gap(rows.confidence, rows.right))
    order = np.argsort(-rows.confidence, kind="stable")
    risks = np.cumsum(~rows.right[order]) / np.arange(1, len(rows) + 1)
    assert values["aurc"] == pytest.approx(risks.mean())


def test_what_only_two_labels_have_is_missing(rows: Judged, found: ScoreFigures) -> None:
    assert set(found.metrics) == set(score_names(rows.head)) == {"log_loss", "brier", "ece", "aurc"}
    assert set(found.curves) == {"risk_coverage", "reliability", "bands"}
    assert set(found.curves["bands"]) == {"risk_coverage"}
    assert set(score_names(GENDER)) > set(score_names(rows.head))


def test_every_figure_has_an_interval_that_holds_it(found: ScoreFigures) -> None:
    for name, figure in found.metrics.items():
        assert figure.low < figure.value < figure.high, name


def test_a_threshold_on_confidence_keeps_the_target(rows: Judged, found: ScoreFigures) -> None:
    _, loose = found.abstention
    assert loose.threshold is not None
    kept = rows.confidence >= loose.threshold
    assert kept.mean() == pytest.approx(loose.coverage.value)
    assert (~rows.right[kept]).mean() == pytest.approx(loose.error.value)
    assert loose.error.value <= 0.25
    assert loose.coverage.low < loose.coverage.value < loose.coverage.high


def test_bins_count_what_was_right(rows: Judged, found: ScoreFigures) -> None:
    bins = found.curves["reliability"]
    assert sum(one["count"] for one in bins) == len(rows)
    assert sum(one["right"] for one in bins) == rows.right.sum()


def test_sharing_cells_changes_no_figure_much(rows: Judged) -> None:
    scores = answered_scores(rows)
    assert isinstance(scores, LabelScores)
    exact, shared = scores.cells(0), scores.cells(100)
    assert len(shared) <= 102 < len(exact)
    for cells in (exact, shared):
        loss = cells.negative @ cells.loss_negative + cells.positive @ cells.loss_positive
        assert loss == pytest.approx(scores.loss.sum())
        square = cells.negative @ cells.square_negative + cells.positive @ cells.square_positive
        assert square == pytest.approx(scores.square.sum())
        assert cells.wrong(cells.negative, cells.positive).sum() == (~rows.right).sum()


def test_of_no_rows_all_is_undefined() -> None:
    rows = judge_rows(head_table(WORDS, 5).slice(0, 0))
    found = score_figures(answered_scores(rows), np.random.default_rng(0), targets=[0.01])
    assert all(np.isnan(figure.value) for figure in found.metrics.values())
    assert (found.curves, found.abstention) == ({}, [])


def test_the_calibration_error_of_a_group_has_an_interval() -> None:
    rows = judge_rows(random_table(2000), by=["group"])
    own = rows.attributes["group"].codes == 0
    found = calibration_estimate(answered_scores(rows, own), np.random.default_rng(0))
    assert found.value == pytest.approx(calibration_gap(rows.confidence[own], rows.right[own]))
    assert found.low < found.value < found.high
