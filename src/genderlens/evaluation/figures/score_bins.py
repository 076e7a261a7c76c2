"""Answered rows as counts per score, which is all that figures on ranking and doubt need.

A cell is one distinct score. For the bootstrap of a large table, neighbouring scores share one of
at most ``most`` cells; no cell ever holds scores on both sides of one half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.intervals import divide

Floats = NDArray[np.float64]

BINS: Final = 15
"""Of the expected calibration error, equally filled."""
_PART: Final = 65_536
_SMALLEST: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Cells:
    """Arrays over K cells in rising order of score (the probability of ``male``).

    ``female`` and ``male`` count the rows by annotated label; ``loss_*`` and ``square_*`` are the
    mean log loss and squared distance that a row of that label has there.
    """

    score: Floats
    female: Floats
    male: Floats
    loss_female: Floats
    loss_male: Floats
    square_female: Floats
    square_male: Floats

    def __len__(self) -> int:
        return len(self.score)

    @property
    def confidence(self) -> Floats:
        return np.maximum(self.score, 1.0 - self.score)

    @property
    def says_male(self) -> NDArray[np.bool_]:
        return self.score >= 0.5

    def by_confidence(self) -> NDArray[np.int64]:
        """The cells from the most confident one on."""
        return np.argsort(-self.confidence, kind="stable")

    def wrong(self, female: Floats, male: Floats) -> Floats:
        """The weights whose likelier label is not the annotators', shape of the weights."""
        return np.where(self.says_male, female, male)

    def bins(self) -> Floats:
        """K×BINS: which cell belongs to which equally filled bin of confidence."""
        order = self.by_confidence()[::-1]
        weight = (self.female + self.male)[order]
        middle = np.cumsum(weight) - weight / 2
        member = np.zeros((len(self), BINS))
        place = np.minimum(BINS - 1, (middle / weight.sum() * BINS).astype(np.int64))
        member[order, place] = 1.0
        return member


def build_cells(probability: Floats, male: NDArray[np.bool_], *, most: int = 0) -> Cells:
    """The cells of answered rows; ``most`` = 0 keeps every distinct score apart."""
    first, distinct = _lowest_scores(probability, most)
    sums = np.zeros((7, len(first)))
    for start in range(0, len(probability), _PART):
        part = slice(start, start + _PART)
        sums += _sums(first, probability[part], male[part])
    total, men = sums[:2]
    return Cells(
        score=first if distinct else divide(sums[2], total),
        female=total - men,
        male=men,
        loss_female=divide(sums[3], total),
        loss_male=divide(sums[4], total),
        square_female=divide(sums[5], total),
        square_male=divide(sums[6], total),
    )


def _lowest_scores(probability: Floats, most: int) -> tuple[Floats, bool]:
    """The lowest score of each cell, rising, and whether each holds one score alone."""
    ordered = np.sort(probability)
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    if not most or np.count_nonzero(new) <= most:
        return ordered[new], True
    ranks = np.linspace(0, len(ordered) - 1, most - 1).astype(np.int64)
    half = np.searchsorted(ordered, 0.5)
    return np.unique(ordered[[*ranks, min(half, len(ordered) - 1)]]), False


def _sums(first: Floats, probability: Floats, male: NDArray[np.bool_]) -> Floats:
    """Of each cell rows, male rows, scores, and losses and squares under either label; 7×K."""
    key = np.searchsorted(first, probability, side="right") - 1
    clipped = np.clip(probability, _SMALLEST, 1.0 - _SMALLEST)
    weights = (
        None, male, probability, -np.log1p(-clipped), -np.log(clipped), probability**2,
        (1.0 - probability) ** 2,
    )  # fmt: skip
    return np.stack([np.bincount(key, weights=w, minlength=len(first)) for w in weights])


def score_metrics(cells: Cells, female: Floats, male: Floats) -> dict[str, Floats]:
    """The figures of B weightings of the cells, each weight array of shape B×K.

    Average precision without a single positive is 0, as in scikit-learn; ROC-AUC with one label
    alone is NaN. ``aurc`` is the area under the risk–coverage curve (Geifman & El-Yaniv,
    "Selective Classification for Deep Neural Networks", NeurIPS 2017).
    """
    all_rows = (female + male).sum(axis=1)
    below = np.cumsum(female, axis=1) - female / 2
    pairs = female.sum(axis=1) * male.sum(axis=1)
    loss = female @ cells.loss_female + male @ cells.loss_male
    square = female @ cells.square_female + male @ cells.square_male
    return {
        "roc_auc": divide((male * below).sum(axis=1), pairs),
        "average_precision_female": average_precision(male, female),
        "average_precision_male": average_precision(female[:, ::-1], male[:, ::-1]),
        "log_loss": divide(loss, all_rows),
        "brier": divide(square, all_rows),
        "ece": _calibration_error(cells, female, male),
        "aurc": area_under_risk(cells, female, male),
    }


def average_precision(negative: Floats, positive: Floats) -> Floats:
    """Mean precision at each positive, cells ordered from the likeliest positive on; B×K → B."""
    hits = np.cumsum(positive, axis=1)
    precision = divide(hits, hits + np.cumsum(negative, axis=1))
    total, everything = positive.sum(axis=1), (positive + negative).sum(axis=1)
    area = np.nansum(positive * precision, axis=1)
    return np.where(everything > 0, area / np.maximum(total, 1e-300), np.nan)


def _calibration_error(cells: Cells, female: Floats, male: Floats) -> Floats:
    """Equally filled bins as measured, their gaps under each weighting."""
    weight = female + male
    surplus = weight * cells.confidence - (weight - cells.wrong(female, male))
    return divide(np.abs(surplus @ cells.bins()).sum(axis=1), weight.sum(axis=1))


def area_under_risk(cells: Cells, female: Floats, male: Floats) -> Floats:
    """Mean over the rows of the risk among those at least as confident; B×K → B."""
    order = cells.by_confidence()
    weight = (female + male)[:, order]
    wrong = np.cumsum(cells.wrong(female, male)[:, order], axis=1)
    risk = divide(wrong, np.cumsum(weight, axis=1))
    return divide(np.nansum(weight * risk, axis=1), weight.sum(axis=1))
