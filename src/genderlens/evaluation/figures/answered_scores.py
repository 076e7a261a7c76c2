"""The answered rows of one head as figures on doubt and ranking see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.metrics import calibration_gap, expected_calibration_error
from genderlens.evaluation.figures.score_bins import Cells, build_answer_cells, build_cells
from genderlens.evaluation.rows import Judged
from genderlens.heads import Head

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SMALLEST = float(np.finfo(np.float64).eps)


class Scores(Protocol):
    """What ``score_figures`` asks of some answers."""

    @property
    def head(self) -> Head: ...

    @property
    def rarest(self) -> int:
        """How many rows the rarer label has; 0 where nothing is ranked."""
        ...

    def cells(self, most: int) -> Cells:
        """At most so many cells, see ``score_bins``."""
        ...

    def calibration_error(self) -> float:
        """Over equally filled bins of the very rows."""
        ...


@dataclass(frozen=True)
class RankedScores:
    """Answers of a binary head: the positive label's probability, and whether it is right."""

    head: Head
    probability: Floats
    positive: Bools

    @property
    def rarest(self) -> int:
        return int(min(self.positive.sum(), (~self.positive).sum()))

    def cells(self, most: int) -> Cells:
        return build_cells(self.probability, self.positive, most=most)

    def calibration_error(self) -> float:
        return expected_calibration_error(self.probability, self.positive)


@dataclass(frozen=True)
class LabelScores:
    """Answers of a head of several logits.

    ``loss`` is the log loss in nats, ``square`` the squared distance of all shares from the label
    (Brier's own definition, 0..2).
    """

    head: Head
    confidence: Floats
    right: Bools
    loss: Floats
    square: Floats

    @property
    def rarest(self) -> int:
        return 0

    def cells(self, most: int) -> Cells:
        return build_answer_cells(self.confidence, self.right, self.loss, self.square, most=most)

    def calibration_error(self) -> float:
        return calibration_gap(self.confidence, self.right)


def answered_scores(rows: Judged, among: Bools | None = None) -> Scores:
    """Those of the answered rows, ``among`` some of them."""
    chosen = rows.answered if among is None else rows.answered & among
    if rows.head.is_binary:
        return RankedScores(rows.head, rows.probability[chosen], rows.positive[chosen])
    shares, label = rows.shares[chosen], rows.label[chosen].astype(np.int64)
    given = shares[np.arange(len(shares)), label]
    return LabelScores(
        head=rows.head,
        confidence=rows.confidence[chosen],
        right=rows.right[chosen],
        loss=-np.log(np.clip(given, _SMALLEST, 1.0)),
        square=(shares**2).sum(axis=1) - 2.0 * given + 1.0,
    )
