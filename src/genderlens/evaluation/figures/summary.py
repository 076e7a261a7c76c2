"""The few figures of one head that a bundle notes of itself."""

from __future__ import annotations

from typing import Final

import numpy as np

from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.counts import count_answers, count_estimates
from genderlens.evaluation.figures.intervals import SEED, Estimate
from genderlens.evaluation.figures.scores import calibration_estimate
from genderlens.evaluation.rows import Judged

_COUNTED: Final = (
    "off_by_one_accuracy", "mean_absolute_error", "f1_macro", "accuracy_when_certain",
    "abstention_rate",
)  # fmt: skip


def head_figures(rows: Judged) -> dict[str, Estimate]:
    """Those that its kind of head has, with 95 % bootstrap intervals; undefined ones are missing.

    Accuracy is not among them: that is noted by itself.
    """
    generator = np.random.default_rng(SEED)
    counted = count_estimates(count_answers(rows), rows.head, generator)
    found = {name: counted[name] for name in _COUNTED if name in counted}
    found["ece"] = calibration_estimate(answered_scores(rows), generator)
    return {name: figure for name, figure in found.items() if np.isfinite(figure.value)}
