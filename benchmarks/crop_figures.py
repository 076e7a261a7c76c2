"""Figures of answers that belong together: right, sure, and the same again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genderlens.calibration import Calibration, log_loss
from genderlens.evaluation.figures.metrics import proportion

Floats = NDArray[np.float64]

_REPLICATES = 1000
_SURE = 0.9


def share(hits: NDArray[np.bool_]) -> dict[str, float]:
    """A share with its interval, for JSON."""
    return {
        name: round(value, 5)
        for name, value in asdict(proportion(int(hits.sum()), len(hits))).items()
    }


def mean(values: Floats) -> dict[str, float]:
    """A mean with its bootstrap interval."""
    rng = np.random.default_rng(0)
    drawn = [rng.choice(values, len(values)).mean() for _ in range(_REPLICATES)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    figures = {"value": values.mean(), "low": low, "high": high, "count": len(values)}
    return {name: round(float(value), 5) for name, value in figures.items()}


def rightness(
    logits: Floats, positive: NDArray[np.bool_], calibration: Calibration
) -> dict[str, Any]:
    """Accuracy and log loss of answers without abstaining."""
    loss = log_loss(calibration.log_odds(logits), positive.astype(np.float64))
    return {"right": share((logits > 0) == positive), "log_loss": round(loss, 5)}


def trust(logits: Floats, positive: NDArray[np.bool_], calibration: Calibration) -> dict[str, Any]:
    """How right answers are, how sure, and how often sure ones are wrong."""
    chance = calibration.probability_positive(logits)
    confidence, right = np.maximum(chance, 1 - chance), (logits > 0) == positive
    sure = confidence >= _SURE
    return {
        "right": share(right),
        "mean_confidence": round(float(confidence.mean()), 5),
        "wrong_of_sure": share(~right[sure]),
        "wrong_of_sure_as_calibrated": round(float(1 - confidence[sure].mean()), 5),
        "uncertain": share(confidence < calibration.abstain_below),
    }


def steadiness(pairs: Sequence[tuple[float, float]], calibration: Calibration) -> dict[str, Any]:
    """Of logits before and after a change that leaves the face alone."""
    before, after = np.asarray(pairs, np.float64).reshape(-1, 2).T
    moved = calibration.probability_positive(before) - calibration.probability_positive(after)
    return {"labels_that_change": share((before > 0) != (after > 0)), "moved": mean(np.abs(moved))}
