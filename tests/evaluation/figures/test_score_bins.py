"""Figures of scores against scikit-learn, exact and shared cells."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from genderlens.evaluation.figures.metrics import expected_calibration_error
from genderlens.evaluation.figures.score_bins import build_cells, score_metrics
from genderlens.evaluation.figures.scores import MOST_SCORES

Floats = np.ndarray


def _sample(count: int, seed: int, digits: int) -> tuple[Floats, Floats]:
    generator = np.random.default_rng(seed)
    probability = np.round(generator.random(count), digits)
    return probability, generator.random(count) < probability


CASES = {
    "random": _sample(1500, 0, 12),
    "ties": _sample(1500, 1, 1),
    "few": _sample(7, 2, 6),
    "certain": (np.asarray([0.0, 1.0, 1.0, 0.0]), np.asarray([False, True, False, True])),
    "all tied": (np.full(9, 0.5), np.arange(9) % 2 == 0),
    "only male": (np.asarray([0.2, 0.9, 0.9]), np.ones(3, dtype=bool)),
    "only female": (np.asarray([0.2, 0.9, 0.9]), np.zeros(3, dtype=bool)),
}


def _figures(probability: Floats, male: Floats, most: int = 0) -> dict[str, float]:
    cells = build_cells(probability, male, most=most)
    found = score_metrics(cells, cells.negative[None], cells.positive[None])
    return {name: float(value[0]) for name, value in found.items()}


@pytest.mark.parametrize("name", CASES)
def test_agree_with_scikit_learn(name: str) -> None:
    probability, male = CASES[name]
    ours = _figures(probability, male)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = {
            "roc_auc": reference.roc_auc_score(male, probability),
            "average_precision_positive": reference.average_precision_score(male, probability),
            "average_precision_negative": reference.average_precision_score(~male, -probability),
            "log_loss": reference.log_loss(male, probability, labels=[False, True]),
            "brier": reference.brier_score_loss(
                male, probability, labels=[False, True], pos_label=1
            ),
        }
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value, abs=1e-9, nan_ok=True), key


def test_of_nothing_all_is_undefined() -> None:
    figures = _figures(np.empty(0), np.empty(0, dtype=bool))
    assert all(np.isnan(value) for value in figures.values())


def test_weights_are_repeated_rows() -> None:
    probability, male = CASES["random"]
    times = np.random.default_rng(0).poisson(1.0, len(male))
    cells = build_cells(probability, male)
    weights = np.zeros((2, 1, len(cells)))
    place = np.searchsorted(cells.score, probability)
    np.add.at(weights, (male.astype(int), 0, place), times)
    weighted = score_metrics(cells, weights[0], weights[1])
    repeated = _figures(np.repeat(probability, times), np.repeat(male, times))
    for name in set(repeated) - {"ece"}:
        assert weighted[name][0] == pytest.approx(repeated[name], abs=1e-9), name


def test_shared_cells_say_nearly_the_same() -> None:
    probability, male = _sample(50_000, 4, 12)
    exact, shared = _figures(probability, male), _figures(probability, male, most=512)
    assert len(build_cells(probability, male, most=512)) <= 514
    for name, value in exact.items():
        assert shared[name] == pytest.approx(value, abs=2e-3), name


def test_no_cell_lies_on_both_sides_of_one_half() -> None:
    probability, male = _sample(5000, 5, 12)
    cells = build_cells(probability, male, most=10)
    right = (cells.says_positive * cells.positive + ~cells.says_positive * cells.negative).sum()
    assert right == ((probability >= 0.5) == male).sum()


def test_calibration_error_is_that_of_equally_filled_bins() -> None:
    probability, male = _sample(1500, 6, 12)
    expected = expected_calibration_error(probability, male.astype(float))
    assert _figures(probability, male)["ece"] == pytest.approx(expected, abs=1e-9)


def test_area_under_risk_by_hand() -> None:
    probability = np.asarray([0.99, 0.9, 0.2, 0.4])
    male = np.asarray([True, False, False, True])
    # From the surest: right, wrong, right, wrong.
    expected = np.mean([0, 1 / 2, 1 / 3, 2 / 4])
    assert _figures(probability, male)["aurc"] == pytest.approx(expected)


def test_as_many_cells_as_scores_are_reported_from_lie_close() -> None:
    probability, male = _sample(200_000, 7, 15)
    exact, shared = _figures(probability, male), _figures(probability, male, most=MOST_SCORES)
    assert len(build_cells(probability, male)) > MOST_SCORES
    for name, value in exact.items():
        assert shared[name] == pytest.approx(value, abs=1e-5), name
