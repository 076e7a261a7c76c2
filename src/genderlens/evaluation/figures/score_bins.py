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
    """Arrays over K cells in rising order of score.

    Of a binary head (``ranked``) the score is the probability of the positive label, ``negative``
    and ``positive`` count the rows by annotated label. Of other heads it is the confidence, and
    they count the wrong and the right answers. ``loss_*`` and ``square_*`` are the mean log loss
    and squared distance that a row of that kind has there.
    """

    score: Floats
    negative: Floats
    positive: Floats
    loss_negative: Floats
    loss_positive: Floats
    square_negative: Floats
    square_positive: Floats
    ranked: bool = True

    def __len__(self) -> int:
        return len(self.score)

    @property
    def rows(self) -> int:
        """How many answered rows the cells hold."""
        return int((self.negative + self.positive).sum())

    @property
    def confidence(self) -> Floats:
        """The probability of the likelier label."""
        return np.maximum(self.score, 1.0 - self.score) if self.ranked else self.score

    @property
    def says_positive(self) -> NDArray[np.bool_]:
        """Of a binary head, whether the positive label is the likelier one."""
        return self.score >= 0.5

    def by_confidence(self) -> NDArray[np.int64]:
        """The cells from the most confident one on."""
        return np.argsort(-self.confidence, kind="stable")

    def wrong(self, negative: Floats, positive: Floats) -> Floats:
        """The weights whose likelier label is not the annotators', shape of the weights."""
        return np.where(self.says_positive, negative, positive) if self.ranked else negative

    def bins(self) -> Floats:
        """K×BINS: which cell belongs to which equally filled bin of confidence."""
        order = self.by_confidence()[::-1]
        weight = (self.negative + self.positive)[order]
        middle = np.cumsum(weight) - weight / 2
        member = np.zeros((len(self), BINS))
        place = np.minimum(BINS - 1, (middle / weight.sum() * BINS).astype(np.int64))
        member[order, place] = 1.0
        return member


def build_cells(probability: Floats, positive: NDArray[np.bool_], *, most: int = 0) -> Cells:
    """The cells of a binary head's answers; ``most`` = 0 keeps every distinct score apart."""
    first, distinct = _lowest_scores(probability, most)
    sums = np.zeros((7, len(first)))
    for start in range(0, len(probability), _PART):
        part = slice(start, start + _PART)
        sums += _sums(first, probability[part], positive[part])
    total, hits = sums[:2]
    return Cells(
        score=first if distinct else divide(sums[2], total),
        negative=total - hits,
        positive=hits,
        loss_negative=divide(sums[3], total),
        loss_positive=divide(sums[4], total),
        square_negative=divide(sums[5], total),
        square_positive=divide(sums[6], total),
    )


def build_answer_cells(
    confidence: Floats, right: NDArray[np.bool_], loss: Floats, square: Floats, *, most: int = 0
) -> Cells:
    """The cells of another head's answers, each with its log loss and squared distance."""
    first, distinct = _lowest_scores(confidence, most)
    key = np.searchsorted(first, confidence, side="right") - 1
    place = 2 * key + right
    weights = (None, confidence, loss, square)
    total, score, losses, squares = (
        np.bincount(place, weights=w, minlength=2 * len(first)).reshape(-1, 2) for w in weights
    )
    mean_loss, mean_square = (np.nan_to_num(divide(sums, total)) for sums in (losses, squares))
    return Cells(
        score=first if distinct else divide(score.sum(axis=1), total.sum(axis=1)),
        negative=total[:, 0].astype(np.float64),
        positive=total[:, 1].astype(np.float64),
        loss_negative=mean_loss[:, 0],
        loss_positive=mean_loss[:, 1],
        square_negative=mean_square[:, 0],
        square_positive=mean_square[:, 1],
        ranked=False,
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


def _sums(first: Floats, probability: Floats, positive: NDArray[np.bool_]) -> Floats:
    """Of each cell rows, positive rows, scores, and losses and squares under either label; 7×K."""
    key = np.searchsorted(first, probability, side="right") - 1
    clipped = np.clip(probability, _SMALLEST, 1.0 - _SMALLEST)
    weights = (
        None, positive, probability, -np.log1p(-clipped), -np.log(clipped), probability**2,
        (1.0 - probability) ** 2,
    )  # fmt: skip
    return np.stack([np.bincount(key, weights=w, minlength=len(first)) for w in weights])


def score_metrics(cells: Cells, negative: Floats, positive: Floats) -> dict[str, Floats]:
    """The figures of B weightings of the cells, each weight array of shape B×K.

    ``aurc`` is the area under the risk–coverage curve (Geifman & El-Yaniv, "Selective
    Classification for Deep Neural Networks", NeurIPS 2017).
    """
    all_rows = (negative + positive).sum(axis=1)
    loss = negative @ cells.loss_negative + positive @ cells.loss_positive
    square = negative @ cells.square_negative + positive @ cells.square_positive
    return {
        **(_ranking(negative, positive) if cells.ranked else {}),
        "log_loss": divide(loss, all_rows),
        "brier": divide(square, all_rows),
        "ece": calibration_error(cells, negative, positive),
        "aurc": area_under_risk(cells, negative, positive),
    }


def _ranking(negative: Floats, positive: Floats) -> dict[str, Floats]:
    """What only a score that ranks two labels has.

    Average precision without a single positive is 0, as in scikit-learn; ROC-AUC with one label
    alone is NaN.
    """
    below = np.cumsum(negative, axis=1) - negative / 2
    pairs = negative.sum(axis=1) * positive.sum(axis=1)
    return {
        "roc_auc": divide((positive * below).sum(axis=1), pairs),
        "average_precision_negative": average_precision(positive, negative),
        "average_precision_positive": average_precision(negative[:, ::-1], positive[:, ::-1]),
    }


def average_precision(negative: Floats, positive: Floats) -> Floats:
    """Mean precision at each positive, cells ordered from the likeliest positive on; B×K → B."""
    hits = np.cumsum(positive, axis=1)
    precision = divide(hits, hits + np.cumsum(negative, axis=1))
    total, everything = positive.sum(axis=1), (positive + negative).sum(axis=1)
    area = np.nansum(positive * precision, axis=1)
    return np.where(everything > 0, area / np.maximum(total, 1e-300), np.nan)


def calibration_error(cells: Cells, negative: Floats, positive: Floats) -> Floats:
    """Equally filled bins as measured, their gaps under each weighting."""
    weight = negative + positive
    surplus = weight * cells.confidence - (weight - cells.wrong(negative, positive))
    return divide(np.abs(surplus @ cells.bins()).sum(axis=1), weight.sum(axis=1))


def area_under_risk(cells: Cells, negative: Floats, positive: Floats) -> Floats:
    """Mean over the rows of the risk among those at least as confident; B×K → B."""
    order = cells.by_confidence()
    weight = (negative + positive)[:, order]
    wrong = np.cumsum(cells.wrong(negative, positive)[:, order], axis=1)
    risk = divide(wrong, np.cumsum(weight, axis=1))
    return divide(np.nansum(weight * risk, axis=1), weight.sum(axis=1))
