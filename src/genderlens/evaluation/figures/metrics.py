"""Figures of merit from logits, probabilities and labels."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from genderlens.types import Estimate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Z_95 = 1.959964
"""Two-sided 95 % quantile of the normal distribution."""


def proportion(hits: int, count: int) -> Estimate:
    """Hits among count, with Wilson's interval (1927, JASA 22:209).

    Of nothing, the share is 0 and the interval is everything.
    """
    if not count:
        return Estimate(0.0, 0.0, 1.0, 0)
    share, z2 = hits / count, Z_95**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 * sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return Estimate(share, min(share, max(0.0, centre - half)), max(share, centre + half), count)


def area_under_roc(scores: Floats, positive: Floats) -> float:
    """The chance that a picture of the positive label outscores another, ties counted half."""
    high, low = scores[positive > 0.5], scores[positive <= 0.5]
    if not len(high) or not len(low):
        return float("nan")
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    not_above = np.searchsorted(ordered, high, side="right")
    return float((below + not_above).mean() / (2 * len(low)))


def expected_calibration_error(
    probability: Floats, positive: Floats | Bools, bins: int = 15
) -> float:
    """``calibration_gap`` of a binary head: the positive label's probability, and where it is."""
    confidence = np.maximum(probability, 1.0 - probability)
    return calibration_gap(confidence, (probability >= 0.5) == (positive > 0.5), bins)


def calibration_gap(confidence: Floats, right: Bools, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equally filled bins of confidence.

    Nguyen & O'Connor, "Posterior calibration and exploratory analysis for natural language
    processing models", EMNLP 2015.
    """
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(confidence[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / max(1, len(confidence)))


def brier_score(probability: Floats, positive: Floats) -> float:
    """Mean squared distance of the probability from the label (Brier 1950)."""
    return float(np.mean((probability - positive) ** 2))
