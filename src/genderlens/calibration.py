"""Logits to probabilities that mean what they say, and when to abstain.

Temperature scaling: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks",
ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.types import Label, Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decision:
    """A logit made into an answer; ``confidence`` is the probability of the likelier label."""

    outcome: Outcome
    prediction: Label
    probability_male: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """``probability_male = sigmoid(logit / temperature)``; below ``abstain_below`` is uncertain."""

    temperature: float = 1.0
    abstain_below: float = 0.5

    def decide(self, logit: float) -> Decision:
        """The answer for one logit (log-odds of male before calibration)."""
        male = float(sigmoid(np.asarray(logit / self.temperature)))
        confidence = max(male, 1.0 - male)
        certain = confidence >= self.abstain_below
        return Decision(
            outcome=Outcome.CLASSIFIED if certain else Outcome.UNCERTAIN,
            prediction="male" if male >= 0.5 else "female",
            probability_male=male,
            confidence=confidence,
        )


def sigmoid(logit: Floats) -> Floats:
    """The logistic function without overflow, any shape."""
    small = np.exp(-np.abs(logit))
    return np.where(logit >= 0, 1.0 / (1.0 + small), small / (1.0 + small))


def log_loss(logits: Floats, male: Floats) -> float:
    """Mean negative log-likelihood in nats; ``male`` holds 0 and 1."""
    return float(np.mean(np.logaddexp(0.0, np.where(male > 0.5, -logits, logits))))


def fit_temperature(logits: Floats, male: Floats) -> float:
    """The temperature of least log loss, by golden-section search over 1/20..20.

    The loss is unimodal in the logarithm of the temperature. Raises ValueError for no logits.
    """
    if not len(logits):
        raise ValueError("cannot fit a temperature to no logits")
    ratio = (5**0.5 - 1) / 2
    low, high = -np.log(20.0), np.log(20.0)
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if log_loss(logits / np.exp(left), male) < log_loss(logits / np.exp(right), male):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
