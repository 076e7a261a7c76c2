"""Logits to probabilities that mean what they say, and when to abstain.

Temperature scaling: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks",
ICML 2017. Networks trained with smoothed labels or distilled ones are unsure by the wrong amount at
both ends: too sure when in doubt, not sure enough when certain. One temperature cannot mend both;
letting it depend on the logit can, see Tomani, Cremers & Buettner, "Parameterized Temperature
Scaling for Boosting the Expressive Power in Post-Hoc Uncertainty Calibration", ECCV 2022. Here it
is a power of the logit, which stays odd and monotone and has one parameter more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.types import Label, Outcome

Floats = NDArray[np.float64]

FEW_LOGITS: Final = 100
"""Of fewer, a list without an error would prove a certainty that is not there."""
MOST_TEMPERATURE: Final = 20.0
_LEAST_FOR_EXPONENT = 500
"""Fewer logits say too little about the shape of doubt."""
_MOST_EXPONENT = 2.5


@dataclass(frozen=True, slots=True)
class Decision:
    """A logit made into an answer; ``confidence`` is the probability of the likelier label."""

    outcome: Outcome
    prediction: Label
    probability_male: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """``probability_male = sigmoid(±|logit / temperature| ** exponent)``, the logit's sign kept.

    Exponent 1 is plain temperature scaling. A confidence below ``abstain_below`` is uncertain.
    """

    temperature: float = 1.0
    abstain_below: float = 0.5
    exponent: float = 1.0

    def abstaining_below(self, confidence: float | None) -> Calibration:
        """The same with another threshold; None leaves it as it is."""
        return self if confidence is None else replace(self, abstain_below=confidence)

    def log_odds(self, logits: Floats) -> Floats:
        """Calibrated log-odds of male, any shape."""
        scaled = np.asarray(logits, dtype=np.float64) / self.temperature
        odds: Floats = np.copysign(np.abs(scaled) ** self.exponent, scaled)
        return odds

    def probability_male(self, logits: Floats) -> Floats:
        """Calibrated probabilities, any shape."""
        return sigmoid(self.log_odds(logits))

    def decide(self, logit: float) -> Decision:
        """The answer for one logit (log-odds of male before calibration)."""
        male = float(self.probability_male(np.asarray(logit)))
        confidence = max(male, 1.0 - male)
        certain = confidence >= self.abstain_below
        return Decision(
            outcome=Outcome.CLASSIFIED if certain else Outcome.UNCERTAIN,
            prediction="male" if male >= 0.5 else "female",
            probability_male=male,
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    """Abstain below it, and this ``error`` was measured among the share ``coverage`` classified."""

    target_error: float
    abstain_below: float
    coverage: float
    error: float


def sigmoid(logit: Floats) -> Floats:
    """The logistic function without overflow, any shape."""
    small = np.exp(-np.abs(logit))
    return np.where(logit >= 0, 1.0 / (1.0 + small), small / (1.0 + small))


def log_loss(logits: Floats, male: Floats) -> float:
    """Mean negative log-likelihood in nats; ``male`` holds 0 and 1, or shares of belief."""
    right, wrong = np.logaddexp(0.0, -logits), np.logaddexp(0.0, logits)
    return float(np.mean(male * right + (1.0 - male) * wrong))


def fit_calibration(logits: Floats, male: Floats) -> Calibration:
    """Temperature and exponent of least log loss; of few logits, the temperature alone.

    Fewer than FEW_LOGITS are held against ``soften_labels`` instead. Raises ValueError for none.
    """
    if len(logits) < FEW_LOGITS:
        return Calibration(fit_temperature(logits, soften_labels(male)))
    if len(logits) < _LEAST_FOR_EXPONENT:
        return Calibration(fit_temperature(logits, male))

    def fit_at(exponent: float) -> Calibration:
        bent = Calibration(exponent=exponent).log_odds(logits)
        return Calibration(fit_temperature(bent, male) ** (1.0 / exponent), exponent=exponent)

    def loss(log_exponent: float) -> float:
        return log_loss(fit_at(float(np.exp(log_exponent))).log_odds(logits), male)

    return fit_at(float(np.exp(_minimise(loss, np.log(_MOST_EXPONENT), steps=20))))


def soften_labels(male: Floats) -> Floats:
    """Labels as beliefs: of n pictures of one label, (n + 1) / (n + 2) are taken to be of it.

    Platt, "Probabilistic outputs for support vector machines" (1999): without it, a handful of
    pictures that are all answered right would make every answer certain.
    """
    count = float(male.sum())
    yes, no = (count + 1.0) / (count + 2.0), 1.0 / (len(male) - count + 2.0)
    softened: Floats = np.where(male > 0.5, yes, no)
    return softened


def fit_temperature(logits: Floats, male: Floats) -> float:
    """The temperature of least log loss within 1/20..20.

    ``male`` holds labels or beliefs. Raises ValueError for no logits.
    """
    if not len(logits):
        raise ValueError("cannot fit a temperature to no logits")
    found = _minimise(
        lambda t: log_loss(logits / np.exp(t), male), np.log(MOST_TEMPERATURE), steps=40
    )
    return float(np.exp(found))


def _minimise(loss: Callable[[float], float], half_range: float, *, steps: int) -> float:
    """Golden-section search over ±``half_range`` for the least of a unimodal function."""
    ratio = (5**0.5 - 1) / 2
    low, high = -half_range, half_range
    for _ in range(steps):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def expected_error(errors: NDArray[Any], counts: NDArray[Any]) -> Floats:
    """The share of wrong answers to expect of new pictures, where so many of so many were wrong.

    Both with one more: the next picture, counted as wrong before it is seen, as in conformal risk
    control (Angelopoulos, Bates, Fisch, Lei & Schuster, ICLR 2024). Without it, the longest list of
    sure answers would favour lucky ones, and a handful would prove any target. Thresholds are
    chosen and reports judged by this one rule.
    """
    return np.asarray((errors + 1.0) / (counts + 1.0))


def choose_threshold(
    probability_male: Floats, male: Floats, target_error: float
) -> Threshold | None:
    """The smallest confidence from which on so few answers are wrong; None where there is none.

    Answers are taken from the surest down, and the longest such list is kept whose expected error
    is at most the target. So 1 % needs at least 99 pictures, and is unreachable where even the
    surest answers are wrong more often.
    """
    confidence = np.maximum(probability_male, 1.0 - probability_male)
    wrong = (probability_male >= 0.5) != (male > 0.5)
    order = np.argsort(-confidence, kind="stable")
    confidence, errors = confidence[order], np.cumsum(wrong[order])
    counts = np.arange(1, len(order) + 1)
    below = np.append(confidence[1:], 0.5)
    ends = np.append(confidence[1:] < confidence[:-1], True)[: len(order)]
    reached = np.flatnonzero(ends & (expected_error(errors, counts) <= target_error))
    if not len(reached):
        return None
    last = reached[-1]
    everything = last == len(order) - 1
    return Threshold(
        target_error=target_error,
        abstain_below=0.5 if everything else float((confidence[last] + below[last]) / 2),
        coverage=float(counts[last] / len(order)),
        error=float(errors[last] / counts[last]),
    )
