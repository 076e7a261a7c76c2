"""Thresholds for a target error."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.evaluation.cells import build_cells
from genderlens.evaluation.doubt import doubt_rows
from genderlens.evaluation.scores import score_figures

DRAWN = np.asarray([[0.2, 0.0], [0.9, 0.1]])


def test_the_largest_coverage_that_keeps_the_target() -> None:
    confidence = np.asarray([0.99, 0.95, 0.9, 0.8, 0.7, 0.6])
    right = np.asarray([True, True, True, True, False, True])
    half, none = doubt_rows(build_cells(confidence, right), [0.25, 0.0], DRAWN)
    assert (half.coverage.value, half.threshold) == (1.0, 0.6)
    assert half.error.value == pytest.approx(1 / 6)
    assert none.threshold == 0.8
    assert (none.error.count, none.error.value) == (4, 0.0)


def test_out_of_reach_is_said() -> None:
    (row,) = doubt_rows(build_cells(np.asarray([0.9]), np.asarray([False])), [0.01], DRAWN)
    assert row.threshold is None
    assert row.coverage.value == 0.0
    assert row.to_dict()["error"]["count"] == 0


def test_coverage_has_an_interval_that_holds_the_choice() -> None:
    generator = np.random.default_rng(0)
    probability = 1 / (1 + np.exp(-generator.normal(0, 4, 3000)))
    male = generator.random(3000) < probability
    figures = score_figures(probability, male, generator, targets=[0.02], replicates=200)
    (row,) = figures.doubt
    assert row.error.value <= 0.02
    assert row.coverage.low < row.coverage.value < row.coverage.high
    assert row.coverage.high - row.coverage.low > 0.02
