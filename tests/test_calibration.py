"""Temperature and abstention."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.calibration import Calibration, fit_temperature, log_loss, sigmoid
from genderlens.types import Outcome


def test_decides_for_the_likelier_label() -> None:
    male, female = Calibration().decide(2.0), Calibration().decide(-2.0)
    assert (male.prediction, female.prediction) == ("male", "female")
    assert (
        male.confidence == pytest.approx(female.confidence) == pytest.approx(1 / (1 + np.exp(-2)))
    )
    assert male.probability_male + female.probability_male == pytest.approx(1.0)


def test_temperature_softens() -> None:
    assert (
        Calibration(temperature=4.0).decide(2.0).confidence < Calibration().decide(2.0).confidence
    )


def test_below_the_threshold_is_uncertain_and_at_it_is_not() -> None:
    even = Calibration(abstain_below=0.5).decide(0.0)
    assert even.outcome is Outcome.CLASSIFIED
    assert Calibration(abstain_below=0.6).decide(0.1).outcome is Outcome.UNCERTAIN


def test_extreme_logits_stay_finite() -> None:
    with np.errstate(all="raise", under="ignore"):
        values = sigmoid(np.asarray([-1e4, -50.0, 0.0, 50.0, 1e4]))
    assert values[0] == 0.0
    assert values[2] == 0.5
    assert values[-1] == 1.0


@pytest.mark.parametrize("true_temperature", [0.3, 1.0, 2.5, 8.0])
def test_finds_the_temperature_that_made_the_labels(true_temperature: float) -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 4, 60_000)
    male = (rng.random(60_000) < sigmoid(logits / true_temperature)).astype(float)
    fitted = fit_temperature(logits, male)
    assert fitted == pytest.approx(true_temperature, rel=0.06)
    assert log_loss(logits / fitted, male) <= log_loss(logits / true_temperature, male) + 1e-9


def test_no_logits_is_an_error() -> None:
    with pytest.raises(ValueError, match="no logits"):
        fit_temperature(np.zeros(0), np.zeros(0))
