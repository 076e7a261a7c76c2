"""Bootstrapped figures of scores."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.tables import ranked
from genderlens.evaluation.figures.scores import risk_area, score_figures


def _sample(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    probability = 1 / (1 + np.exp(-generator.normal(0, 3, count)))
    return probability, generator.random(count) < probability


def test_the_same_seed_gives_the_same_figures() -> None:
    scores = ranked(*_sample(300, 0))
    first, second = (
        score_figures(scores, np.random.default_rng(7), targets=[0.05], replicates=50)
        for _ in range(2)
    )
    assert first.metrics == second.metrics
    assert first.curves == second.curves


def test_intervals_are_those_of_copied_rows() -> None:
    """Poisson weights say what resampling the rows themselves says."""
    probability, male = _sample(1000, 1)
    generator = np.random.default_rng(0)
    found = score_figures(ranked(probability, male), generator, targets=[], replicates=1000).metrics
    losses = -np.log(np.where(male, probability, 1 - probability))
    means = [losses[generator.integers(0, 1000, 1000)].mean() for _ in range(1000)]
    low, high = np.quantile(means, (0.025, 0.975))
    assert found["log_loss"].low == pytest.approx(low, abs=0.01)
    assert found["log_loss"].high == pytest.approx(high, abs=0.01)


def test_shared_cells_give_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = ranked(*_sample(6000, 2))
    exact = score_figures(scores, np.random.default_rng(0), targets=[], replicates=150)
    monkeypatch.setattr("genderlens.evaluation.figures.scores.MOST_CELLS", 256)
    shared = score_figures(scores, np.random.default_rng(0), targets=[], replicates=150)
    for name, figure in exact.metrics.items():
        assert shared.metrics[name].value == figure.value
        width = figure.high - figure.low
        assert shared.metrics[name].low == pytest.approx(figure.low, abs=0.4 * width), name
        assert shared.metrics[name].high == pytest.approx(figure.high, abs=0.4 * width), name


def test_a_perfect_ranking_has_no_point_interval() -> None:
    probability = np.asarray([0.1] * 20 + [0.9] * 20)
    found = score_figures(
        ranked(probability, probability > 0.5), np.random.default_rng(0), targets=[0.01]
    )
    assert found.metrics["roc_auc"].value == 1.0
    assert found.metrics["roc_auc"].low < 0.9


def test_no_rows_are_undefined() -> None:
    none = np.empty(0), np.empty(0, dtype=bool)
    found = score_figures(ranked(*none), np.random.default_rng(0), targets=[0.01])
    assert all(np.isnan(figure.value) for figure in found.metrics.values())
    assert (found.curves, found.abstention) == ({}, [])
    assert np.isnan(risk_area(ranked(*none), np.random.default_rng(0)).value)
