"""Curves against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from genderlens.evaluation.figures.curves import (
    MOST_POINTS,
    precision_recall_curve,
    reliability,
    risk_coverage_curve,
    roc_curve,
    thin,
    threshold_sweep,
)
from genderlens.evaluation.figures.score_bins import Cells, build_cells
from genderlens.heads.default import GENDER


@pytest.fixture
def sample() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    probability = np.round(generator.random(800), 2)
    return probability, generator.random(800) < probability


@pytest.fixture
def cells(sample: tuple[np.ndarray, np.ndarray]) -> Cells:
    return build_cells(*sample)


def test_roc_is_scikit_learns(sample: tuple[np.ndarray, np.ndarray], cells: Cells) -> None:
    probability, male = sample
    false, true, _ = reference.roc_curve(male, probability, drop_intermediate=False)
    ours = roc_curve(cells.negative, cells.positive)
    assert ours[0] == pytest.approx(false, abs=1e-9)
    assert ours[1] == pytest.approx(true, abs=1e-9)


def test_precision_recall_is_scikit_learns(
    sample: tuple[np.ndarray, np.ndarray], cells: Cells
) -> None:
    probability, male = sample
    precision, recall, _ = reference.precision_recall_curve(male, probability)
    ours = precision_recall_curve(cells.negative, cells.positive)
    assert ours[0] == pytest.approx(recall[:-1][::-1], abs=1e-9)
    assert ours[1] == pytest.approx(precision[:-1][::-1], abs=1e-9)


def test_sweep_is_what_each_threshold_gives(
    sample: tuple[np.ndarray, np.ndarray], cells: Cells
) -> None:
    probability, male = sample
    sweep = threshold_sweep(cells, GENDER)
    for index in (0, 17, 50, 83, 100):
        said = probability >= sweep["threshold"][index]
        assert sweep["accuracy"][index] == pytest.approx((said == male).mean())
        assert sweep["recall_male"][index] == pytest.approx(said[male].mean())
        assert sweep["recall_female"][index] == pytest.approx((~said)[~male].mean())
        assert sweep["f1_male"][index] == pytest.approx(reference.f1_score(male, said))


def test_risk_at_full_coverage_is_the_error(
    sample: tuple[np.ndarray, np.ndarray], cells: Cells
) -> None:
    probability, male = sample
    coverage, risk = risk_coverage_curve(cells, cells.negative, cells.positive)
    assert coverage[-1] == 1.0
    assert risk[-1] == pytest.approx(((probability >= 0.5) != male).mean())


def test_reliability_counts_every_row_once(cells: Cells) -> None:
    bins = reliability(cells, GENDER)
    assert sum(b["count"] for b in bins) == 800
    assert all(0.1 * i <= b["mean"] <= 0.1 * i + 0.1 for i, b in enumerate(bins))


def test_thin_keeps_both_ends() -> None:
    (kept,) = thin(np.linspace(0, 1, 10_000))
    assert (kept[0], kept[-1]) == (0.0, 1.0)
    assert len(kept) == MOST_POINTS
