"""Temperature and abstention."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.calibration import (
    Calibration,
    choose_threshold,
    fit_calibration,
    fit_temperature,
    log_loss,
    sigmoid,
    soften_labels,
)
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


@pytest.mark.parametrize("exponent", [0.7, 1.0, 1.6])
def test_finds_the_shape_that_made_the_labels(exponent: float) -> None:
    rng = np.random.default_rng(7)
    logits = rng.normal(0, 3, 8_000)
    truth = Calibration(temperature=1.5, exponent=exponent)
    male = (rng.random(8_000) < truth.probability_male(logits)).astype(float)
    fitted = fit_calibration(logits, male)
    assert fitted.exponent == pytest.approx(exponent, rel=0.15)
    assert fitted.temperature == pytest.approx(1.5, rel=0.15)
    assert log_loss(fitted.log_odds(logits), male) <= log_loss(truth.log_odds(logits), male) + 1e-9


def test_few_logits_say_nothing_about_the_shape() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 3, 400)
    male = (logits + rng.normal(0, 2, 400) > 0).astype(float)
    fitted = fit_calibration(logits, male)
    assert fitted.exponent == 1.0
    assert fitted.temperature == fit_temperature(logits, male)
    with pytest.raises(ValueError, match="no logits"):
        fit_calibration(np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_calibrating_changes_no_answer_and_no_order(exponent: float) -> None:
    logits = np.linspace(-4, 4, 401)
    found = Calibration(temperature=0.8, exponent=exponent).probability_male(logits)
    assert (np.diff(found) > 0).all()
    assert ((found >= 0.5) == (logits >= 0)).all()
    assert found + found[::-1] == pytest.approx(np.ones(401))


def _answers(count: int, errors_at: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """So many answers `male`, the surest first, wrong at the given places."""
    male = np.ones(count)
    male[errors_at] = 0.0
    return np.linspace(0.999, 0.51, count), male


def test_the_threshold_keeps_as_many_as_the_target_allows() -> None:
    probability, male = _answers(1000, [150, 400, 420, 440, 460, 480, *range(500, 1000, 2)])
    threshold = choose_threshold(probability, male, 0.01)
    assert threshold is not None
    kept = probability >= threshold.abstain_below
    assert kept.sum() == 440
    assert threshold.coverage == pytest.approx(0.44)
    assert threshold.error == pytest.approx(3 / 440)
    looser = choose_threshold(probability, male, 0.05)
    assert looser is not None
    assert looser.abstain_below < threshold.abstain_below


def test_a_target_that_everything_meets_classifies_everything() -> None:
    threshold = choose_threshold(*_answers(1000, [999]), 0.01)
    assert threshold is not None
    assert (threshold.abstain_below, threshold.coverage) == (0.5, 1.0)


def test_a_target_out_of_reach_is_none() -> None:
    assert choose_threshold(*_answers(1000, [0, 1, *range(10, 1000, 20)]), 0.01) is None
    assert choose_threshold(np.zeros(0), np.zeros(0), 0.01) is None


def test_a_handful_of_sure_answers_proves_no_target() -> None:
    assert choose_threshold(*_answers(98, []), 0.01) is None
    assert choose_threshold(*_answers(99, []), 0.01) is not None


def test_equal_confidences_are_kept_or_left_together() -> None:
    probability = np.repeat([0.9, 0.7], 300)
    male = np.concatenate([np.ones(300), np.ones(200), np.zeros(100)])
    threshold = choose_threshold(probability, male, 0.02)
    assert threshold is not None
    assert 0.7 < threshold.abstain_below < 0.9
    assert threshold.coverage == 0.5


@pytest.mark.parametrize("target", [0.01, 0.03])
def test_the_error_on_new_pictures_is_on_target_on_average(target: float) -> None:
    rng = np.random.default_rng(11)
    errors = []
    for _ in range(40):
        probability = sigmoid(rng.normal(0, 4, 7000))
        male = (rng.random(7000) < probability).astype(float)
        threshold = choose_threshold(probability[:3000], male[:3000], target)
        assert threshold is not None
        new, truth = probability[3000:], male[3000:]
        kept = np.maximum(new, 1 - new) >= threshold.abstain_below
        errors.append(float(((new >= 0.5) != (truth > 0.5))[kept].mean()))
    assert np.mean(errors) == pytest.approx(target, rel=0.12)


def test_a_handful_of_right_answers_proves_no_certainty() -> None:
    logits, male = np.asarray([3.0, 2.0, 2.5, -2.0, -3.0, -2.5, 2.2, -2.2]), np.zeros(8)
    male[[0, 1, 2, 6]] = 1.0
    confidence = fit_calibration(logits, male).probability_male(np.abs(logits))
    assert 0.7 < confidence.mean() < 0.9  # 4 of 4 on either side: Platt's 5/6


def test_many_right_answers_are_believed() -> None:
    logits = np.tile(np.asarray([3.0, -3.0]), 100)
    fitted = fit_calibration(logits, (logits > 0).astype(float))
    assert fitted.decide(3.0).confidence > 0.999


def test_beliefs_of_both_labels_follow_their_counts() -> None:
    softened = soften_labels(np.asarray([1.0, 0.0, 0.0, 0.0]))
    assert softened.tolist() == pytest.approx([2 / 3, 1 / 5, 1 / 5, 1 / 5])
