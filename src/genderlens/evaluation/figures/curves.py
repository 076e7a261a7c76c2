"""Curves over the threshold: ROC, precision–recall, risk–coverage, sweep, reliability."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.intervals import divide
from genderlens.evaluation.figures.names import label_figure
from genderlens.evaluation.figures.score_bins import Cells
from genderlens.heads import Head, column_word

Floats = NDArray[np.float64]

GRID: Final = np.linspace(0.0, 1.0, 101)
"""Where curves are read for plots and bands."""
RELIABILITY_BINS: Final = 10
MOST_POINTS: Final = 200


def roc_curve(negative: Floats, positive: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates from the highest threshold down, (0, 0) first; K → K + 1."""
    false = np.concatenate([[0.0], np.cumsum(negative[::-1])])
    true = np.concatenate([[0.0], np.cumsum(positive[::-1])])
    return divide(false, false[-1]), divide(true, true[-1])


def precision_recall_curve(negative: Floats, positive: Floats) -> tuple[Floats, Floats]:
    """Recall and precision from the highest threshold down; K → K."""
    hits, answers = np.cumsum(positive[::-1]), np.cumsum((negative + positive)[::-1])
    return divide(hits, hits[-1:]), divide(hits, answers)


def risk_coverage_curve(cells: Cells, negative: Floats, positive: Floats) -> tuple[Floats, Floats]:
    """Coverage and the share of errors among the most confident so many; K → K."""
    order = cells.by_confidence()
    weight = np.cumsum((negative + positive)[order])
    wrong = np.cumsum(cells.wrong(negative, positive)[order])
    return divide(weight, weight[-1:]), divide(wrong, weight)


def banded_curves(head: Head) -> tuple[str, ...]:
    """The curves that are drawn with the band of their replicates."""
    return ("roc", "precision_recall", "risk_coverage") if head.is_binary else ("risk_coverage",)


def curves_on_grid(cells: Cells, negative: Floats, positive: Floats) -> Floats:
    """The values of ``banded_curves`` read at GRID, curves×101."""
    coverage, risk = risk_coverage_curve(cells, negative, positive)
    at_coverage = np.interp(GRID, coverage, risk)
    if not cells.ranked:
        return at_coverage[None]
    fpr, tpr = roc_curve(negative, positive)
    recall, precision = precision_recall_curve(negative, positive)
    return np.stack([np.interp(GRID, fpr, tpr), np.interp(GRID, recall, precision), at_coverage])


def threshold_sweep(cells: Cells, head: Head) -> dict[str, Floats]:
    """Accuracy, F1 and both recalls where the positive label is said from each of GRID on."""
    place = np.searchsorted(cells.score, GRID, side="left")
    negative = np.concatenate([[0.0], np.cumsum(cells.negative)])
    positive = np.concatenate([[0.0], np.cumsum(cells.positive)])
    true_negative, true_positive = negative[place], positive[-1] - positive[place]
    said_positive = true_positive + negative[-1] - true_negative
    return {
        "threshold": GRID,
        "accuracy": divide(true_negative + true_positive, np.asarray(negative[-1] + positive[-1])),
        label_figure("recall", head.negative): divide(true_negative, negative[-1:]),
        label_figure("recall", head.positive): divide(true_positive, positive[-1:]),
        label_figure("f1", head.positive): divide(2 * true_positive, said_positive + positive[-1]),
    }


def reliability(cells: Cells, head: Head) -> list[dict[str, float]]:
    """Ten equally wide bins of the score: its mean, how many rows, and ``reliability_key``."""
    place = np.minimum(RELIABILITY_BINS - 1, (cells.score * RELIABILITY_BINS).astype(np.int64))
    weight = cells.negative + cells.positive
    count, hits, total = (
        np.bincount(place, weights=values, minlength=RELIABILITY_BINS)
        for values in (weight, cells.positive, weight * cells.score)
    )
    key = reliability_key(head)
    return [
        {"mean": float(total[i] / count[i]), "count": float(count[i]), key: float(hits[i])}
        for i in range(RELIABILITY_BINS)
        if count[i]
    ]


def reliability_key(head: Head) -> str:
    """What a bin counts: of a binary head the positive label, of others the right answers."""
    return column_word(head.positive) if head.is_binary else "right"


def thin(*curves: Floats) -> list[list[float]]:
    """The same at most MOST_POINTS points of each curve, six decimals."""
    size = len(curves[0])
    places = np.unique(np.linspace(0, size - 1, min(size, MOST_POINTS)).astype(np.int64))
    return [[round(float(v), 6) for v in np.nan_to_num(curve[places])] for curve in curves]
