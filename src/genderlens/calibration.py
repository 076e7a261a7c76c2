"""Logits to probabilities that mean what they say, and when to abstain.

Temperature scaling: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks",
ICML 2017. Networks trained with smoothed labels or distilled ones are unsure by the wrong amount at
both ends: too sure when in doubt, not sure enough when certain. One temperature cannot mend both;
letting it depend on the logit can, see Tomani, Cremers & Buettner, "Parameterized Temperature
Scaling for Boosting the Expressive Power in Post-Hoc Uncertainty Calibration", ECCV 2022. Here it
is a power of the logit, which stays odd and monotone and has one parameter more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.heads import Head
from genderlens.types import HeadAnswer, Outcome

Floats = NDArray[np.float64]

FEW_LOGITS: Final = 100
"""Of fewer, a list without an error would prove a certainty that is not there."""
MOST_TEMPERATURE: Final = 20.0
_LEAST_FOR_EXPONENT = 500
"""Fewer logits say too little about the shape of doubt."""
_MOST_EXPONENT = 2.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logits to probabilities, and below which confidence an answer is uncertain.

    Binary heads: ``probability_positive = sigmoid(±|logit / temperature| ** exponent)``, the
    logit's sign kept; exponent 1 is plain temperature scaling. Other heads:
    ``softmax(logits / temperature)``.
    """

    temperature: float = 1.0
    abstain_below: float = 0.5
    exponent: float = 1.0

    def abstaining_below(self, confidence: float | None) -> Calibration:
        """The same with another threshold; None leaves it as it is."""
        return self if confidence is None else replace(self, abstain_below=confidence)

    def log_odds(self, logits: Floats) -> Floats:
        """Calibrated log-odds of the positive label, any shape."""
        scaled = np.asarray(logits, dtype=np.float64) / self.temperature
        odds: Floats = np.copysign(np.abs(scaled) ** self.exponent, scaled)
        return odds

    def probability_positive(self, logits: Floats) -> Floats:
        """Calibrated probabilities of the positive label, any shape."""
        return sigmoid(self.log_odds(logits))

    def shares(self, head: Head, logits: Floats) -> Floats:
        """N×labels calibrated probabilities of N×``head.width`` logits."""
        if head.is_binary:
            positive = self.probability_positive(np.asarray(logits)[:, 0])
            return np.stack([1.0 - positive, positive], axis=1)
        return softmax(np.asarray(logits, dtype=np.float64) / self.temperature)

    def pooled(self, head: Head, logits: Sequence[float]) -> Floats:
        """One face's logits as further models may be averaged with: calibrated, and logits again.

        Log-odds of a binary head, logarithms of the probabilities of another.
        """
        if head.is_binary:
            return self.log_odds(np.asarray(logits))
        (shares,) = self.shares(head, np.asarray([logits]))
        pooled: Floats = np.log(np.maximum(shares, np.finfo(np.float64).tiny))
        return pooled

    def answer(self, head: Head, logits: Sequence[float]) -> HeadAnswer:
        """What one face's logits say; ``uncertain`` below the threshold."""
        (shares,) = self.shares(head, np.asarray([logits], dtype=np.float64)).tolist()
        certain = max(shares) >= self.abstain_below
        outcome = Outcome.CLASSIFIED if certain else Outcome.UNCERTAIN
        return HeadAnswer(head, outcome, tuple(logits), tuple(shares))


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


def softmax(logits: Floats) -> Floats:
    """N×K probabilities of N×K logits, without overflow."""
    small = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = small / small.sum(axis=1, keepdims=True)
    return shares


def log_loss(logits: Floats, positive: Floats) -> float:
    """Mean negative log-likelihood in nats; ``positive`` holds 0 and 1, or shares of belief."""
    right, wrong = np.logaddexp(0.0, -logits), np.logaddexp(0.0, logits)
    return float(np.mean(positive * right + (1.0 - positive) * wrong))


def fit_head(head: Head, logits: Floats, codes: NDArray[Any]) -> Calibration:
    """The calibration of least log loss of N×``head.width`` logits; ``codes`` number the labels.

    A binary head's as ``fit_calibration``, of other heads a temperature. Raises ValueError for no
    logits.
    """
    if head.is_binary:
        return fit_calibration(logits[:, 0], np.asarray(codes, dtype=np.float64))
    if not len(logits):
        raise ValueError("cannot fit a temperature to no logits")
    beliefs = _beliefs(np.asarray(codes), len(head.labels))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        peak = scaled.max(axis=1, keepdims=True)
        log_shares = scaled - peak - np.log(np.exp(scaled - peak).sum(axis=1, keepdims=True))
        return float(-np.mean((beliefs * log_shares).sum(axis=1)))

    return Calibration(float(np.exp(_minimise(loss, np.log(MOST_TEMPERATURE), steps=40))))


def _beliefs(codes: NDArray[Any], count: int) -> Floats:
    """N×labels: the labels, of few pictures softened as ``soften_labels`` does for two."""
    exact: Floats = np.eye(count)[codes]
    if len(codes) >= FEW_LOGITS:
        return exact
    seen = np.bincount(codes, minlength=count)[codes][:, None]
    softened: Floats = (exact * seen + 1.0) / (seen + count)
    return softened


def fit_calibration(logits: Floats, positive: Floats) -> Calibration:
    """Temperature and exponent of least log loss; of few logits, the temperature alone.

    Fewer than FEW_LOGITS are held against ``soften_labels`` instead. Raises ValueError for none.
    """
    if len(logits) < FEW_LOGITS:
        return Calibration(fit_temperature(logits, soften_labels(positive)))
    if len(logits) < _LEAST_FOR_EXPONENT:
        return Calibration(fit_temperature(logits, positive))

    def fit_at(exponent: float) -> Calibration:
        bent = Calibration(exponent=exponent).log_odds(logits)
        return Calibration(fit_temperature(bent, positive) ** (1.0 / exponent), exponent=exponent)

    def loss(log_exponent: float) -> float:
        return log_loss(fit_at(float(np.exp(log_exponent))).log_odds(logits), positive)

    return fit_at(float(np.exp(_minimise(loss, np.log(_MOST_EXPONENT), steps=20))))


def soften_labels(positive: Floats) -> Floats:
    """Labels as beliefs: of n pictures of one label, (n + 1) / (n + 2) are taken to be of it.

    Platt, "Probabilistic outputs for support vector machines" (1999): without it, a handful of
    pictures that are all answered right would make every answer certain.
    """
    count = float(positive.sum())
    yes, no = (count + 1.0) / (count + 2.0), 1.0 / (len(positive) - count + 2.0)
    softened: Floats = np.where(positive > 0.5, yes, no)
    return softened


def fit_temperature(logits: Floats, positive: Floats) -> float:
    """The temperature of least log loss within 1/20..20.

    ``positive`` holds labels or beliefs. Raises ValueError for no logits.
    """
    if not len(logits):
        raise ValueError("cannot fit a temperature to no logits")
    found = _minimise(
        lambda t: log_loss(logits / np.exp(t), positive), np.log(MOST_TEMPERATURE), steps=40
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
    confidence: Floats, wrong: NDArray[np.bool_], target_error: float, *, lowest: float = 0.5
) -> Threshold | None:
    """The smallest confidence from which on so few answers are wrong; None where there is none.

    ``confidence`` is the likelier label's probability, ``wrong`` whether that label is not the
    annotators'. Answers are taken from the surest down, and the longest such list is kept whose
    expected error is at most the target. So 1 % needs at least 99 pictures, and is unreachable
    where even the surest answers are wrong more often. A list of all has the threshold ``lowest``,
    below which no confidence lies: one by the number of labels.
    """
    order = np.argsort(-confidence, kind="stable")
    confidence, errors = confidence[order], np.cumsum(wrong[order])
    counts = np.arange(1, len(order) + 1)
    below = np.append(confidence[1:], lowest)
    ends = np.append(confidence[1:] < confidence[:-1], True)[: len(order)]
    reached = np.flatnonzero(ends & (expected_error(errors, counts) <= target_error))
    if not len(reached):
        return None
    last = reached[-1]
    everything = last == len(order) - 1
    return Threshold(
        target_error=target_error,
        abstain_below=lowest if everything else float((confidence[last] + below[last]) / 2),
        coverage=float(counts[last] / len(order)),
        error=float(errors[last] / counts[last]),
    )
