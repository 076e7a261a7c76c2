"""Curves over the threshold: ROC, precision–recall, risk–coverage, sweep, reliability."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.intervals import divide
from genderlens.evaluation.figures.score_bins import Cells

Floats = NDArray[np.float64]

GRID: Final = np.linspace(0.0, 1.0, 101)
"""Where curves are read for plots and bands."""
RELIABILITY_BINS: Final = 10
MOST_POINTS: Final = 200


def roc_curve(female: Floats, male: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates from the highest threshold down, (0, 0) first; K → K + 1."""
    false = np.concatenate([[0.0], np.cumsum(female[::-1])])
    true = np.concatenate([[0.0], np.cumsum(male[::-1])])
    return divide(false, false[-1]), divide(true, true[-1])


def precision_recall_curve(female: Floats, male: Floats) -> tuple[Floats, Floats]:
    """Recall and precision from the highest threshold down; K → K."""
    hits, answers = np.cumsum(male[::-1]), np.cumsum((female + male)[::-1])
    return divide(hits, hits[-1:]), divide(hits, answers)


def risk_coverage_curve(cells: Cells, female: Floats, male: Floats) -> tuple[Floats, Floats]:
    """Coverage and the share of errors among the most confident so many; K → K."""
    order = cells.by_confidence()
    weight = np.cumsum((female + male)[order])
    wrong = np.cumsum(cells.wrong(female, male)[order])
    return divide(weight, weight[-1:]), divide(wrong, weight)


def curves_on_grid(cells: Cells, female: Floats, male: Floats) -> Floats:
    """True positive rate, precision and risk read at GRID, 3×101."""
    fpr, tpr = roc_curve(female, male)
    recall, precision = precision_recall_curve(female, male)
    coverage, risk = risk_coverage_curve(cells, female, male)
    return np.stack(
        [
            np.interp(GRID, fpr, tpr),
            np.interp(GRID, recall, precision),
            np.interp(GRID, coverage, risk),
        ]
    )


def threshold_sweep(cells: Cells) -> dict[str, Floats]:
    """Accuracy, F1 and both recalls where ``male`` is said from each of GRID on."""
    place = np.searchsorted(cells.score, GRID, side="left")
    women = np.concatenate([[0.0], np.cumsum(cells.female)])
    men = np.concatenate([[0.0], np.cumsum(cells.male)])
    true_female, true_male = women[place], men[-1] - men[place]
    said_male = true_male + women[-1] - true_female
    return {
        "threshold": GRID,
        "accuracy": divide(true_female + true_male, np.asarray(women[-1] + men[-1])),
        "recall_female": divide(true_female, women[-1:]),
        "recall_male": divide(true_male, men[-1:]),
        "f1_male": divide(2 * true_male, said_male + men[-1]),
    }


def reliability(cells: Cells) -> list[dict[str, float]]:
    """Ten equally wide bins of the probability of ``male``: its mean, how many, how many male."""
    place = np.minimum(RELIABILITY_BINS - 1, (cells.score * RELIABILITY_BINS).astype(np.int64))
    weight = cells.female + cells.male
    count, men, total = (
        np.bincount(place, weights=values, minlength=RELIABILITY_BINS)
        for values in (weight, cells.male, weight * cells.score)
    )
    return [
        {"mean": float(total[i] / count[i]), "count": float(count[i]), "male": float(men[i])}
        for i in range(RELIABILITY_BINS)
        if count[i]
    ]


def thin(*curves: Floats) -> list[list[float]]:
    """The same at most MOST_POINTS points of each curve, six decimals."""
    size = len(curves[0])
    places = np.unique(np.linspace(0, size - 1, min(size, MOST_POINTS)).astype(np.int64))
    return [[round(float(v), 6) for v in np.nan_to_num(curve[places])] for curve in curves]
