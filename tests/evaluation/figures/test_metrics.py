"""Metrics against scikit-learn and known values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from genderlens.evaluation.figures.metrics import (
    area_under_roc,
    brier_score,
    expected_calibration_error,
    proportion,
)


@pytest.fixture
def sample() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    probability = np.round(rng.random(2000), 2)
    male = (rng.random(2000) < probability).astype(float)
    return probability, male


def test_agree_with_scikit_learn(sample: tuple[np.ndarray, np.ndarray]) -> None:
    probability, male = sample
    assert area_under_roc(probability, male) == pytest.approx(roc_auc_score(male, probability))
    assert brier_score(probability, male) == pytest.approx(brier_score_loss(male, probability))


def test_one_class_has_no_roc() -> None:
    assert math.isnan(area_under_roc(np.asarray([0.1, 0.9]), np.ones(2)))


def test_calibration_error_of_honest_and_boastful(sample: tuple[np.ndarray, np.ndarray]) -> None:
    probability, male = sample
    assert expected_calibration_error(probability, male) < 0.05
    boast = np.where(probability >= 0.5, 0.99, 0.01)
    gap = 0.99 - ((probability >= 0.5) == (male > 0.5)).mean()
    assert expected_calibration_error(boast, male) == pytest.approx(gap, abs=0.02)


def test_wilson_interval_of_textbook_values() -> None:
    share = proportion(81, 263)
    assert (share.low, share.high) == pytest.approx((0.2553, 0.3662), abs=2e-4)


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (10, 10), (1, 1)])
def test_interval_holds_the_share_and_stays_in_bounds(hits: int, count: int) -> None:
    share = proportion(hits, count)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0
    assert share.low < share.high


def test_of_nothing_everything_is_possible() -> None:
    assert (proportion(0, 0).low, proportion(0, 0).high) == (0.0, 1.0)
