"""Temperature and abstention."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.calibration import (
    Calibration,
    choose_threshold,
    fit_calibration,
    fit_head,
    fit_temperature,
    log_loss,
    sigmoid,
    soften_labels,
    softmax,
)
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.types import HeadAnswer, Outcome
from made_answers import WORDS


def decide(logit: float, calibration: Calibration | None = None) -> HeadAnswer:
    return (calibration or Calibration()).answer(GENDER, (logit,))


def test_decides_for_the_likelier_label() -> None:
    more, less = decide(2.0), decide(-2.0)
    assert (more.prediction, less.prediction) == (GENDER.positive, GENDER.negative)
    assert more.confidence == pytest.approx(less.confidence) == pytest.approx(1 / (1 + np.exp(-2)))
    assert more.positive_share + less.positive_share == pytest.approx(1.0)


def test_temperature_softens() -> None:
    assert decide(2.0, Calibration(temperature=4.0)).confidence < decide(2.0).confidence


def test_below_the_threshold_is_uncertain_and_at_it_is_not() -> None:
    even = decide(0.0, Calibration(abstain_below=0.5))
    assert even.outcome is Outcome.CLASSIFIED
    assert decide(0.1, Calibration(abstain_below=0.6)).outcome is Outcome.UNCERTAIN


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
    male = (rng.random(8_000) < truth.probability_positive(logits)).astype(float)
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
    found = Calibration(temperature=0.8, exponent=exponent).probability_positive(logits)
    assert (np.diff(found) > 0).all()
    assert ((found >= 0.5) == (logits >= 0)).all()
    assert found + found[::-1] == pytest.approx(np.ones(401))


def _answers(count: int, errors_at: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Confidences of so many answers, the surest first, and which are wrong."""
    wrong = np.zeros(count, dtype=bool)
    wrong[errors_at] = True
    return np.linspace(0.999, 0.51, count), wrong


def test_the_threshold_keeps_as_many_as_the_target_allows() -> None:
    confidence, wrong = _answers(1000, [150, 400, 420, 440, 460, 480, *range(500, 1000, 2)])
    threshold = choose_threshold(confidence, wrong, 0.01)
    assert threshold is not None
    kept = confidence >= threshold.abstain_below
    assert kept.sum() == 440
    assert threshold.coverage == pytest.approx(0.44)
    assert threshold.error == pytest.approx(3 / 440)
    looser = choose_threshold(confidence, wrong, 0.05)
    assert looser is not None
    assert looser.abstain_below < threshold.abstain_below


def test_a_target_that_everything_meets_classifies_everything() -> None:
    threshold = choose_threshold(*_answers(1000, [999]), 0.01)
    assert threshold is not None
    assert (threshold.abstain_below, threshold.coverage) == (0.5, 1.0)


def test_a_target_out_of_reach_is_none() -> None:
    assert choose_threshold(*_answers(1000, [0, 1, *range(10, 1000, 20)]), 0.01) is None
    assert choose_threshold(np.zeros(0), np.zeros(0, dtype=bool), 0.01) is None


def test_a_handful_of_sure_answers_proves_no_target() -> None:
    assert choose_threshold(*_answers(98, []), 0.01) is None
    assert choose_threshold(*_answers(99, []), 0.01) is not None


def test_equal_confidences_are_kept_or_left_together() -> None:
    confidence = np.repeat([0.9, 0.7], 300)
    wrong = np.arange(600) >= 500
    threshold = choose_threshold(confidence, wrong, 0.02)
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
        confidence, wrong = (
            np.maximum(probability, 1 - probability),
            (probability >= 0.5) != (male > 0.5),
        )
        threshold = choose_threshold(confidence[:3000], wrong[:3000], target)
        assert threshold is not None
        kept = confidence[3000:] >= threshold.abstain_below
        errors.append(float(wrong[3000:][kept].mean()))
    assert np.mean(errors) == pytest.approx(target, rel=0.12)


def test_a_handful_of_right_answers_proves_no_certainty() -> None:
    logits, male = np.asarray([3.0, 2.0, 2.5, -2.0, -3.0, -2.5, 2.2, -2.2]), np.zeros(8)
    male[[0, 1, 2, 6]] = 1.0
    confidence = fit_calibration(logits, male).probability_positive(np.abs(logits))
    assert 0.7 < confidence.mean() < 0.9  # 4 of 4 on either side: Platt's 5/6


def test_many_right_answers_are_believed() -> None:
    logits = np.tile(np.asarray([3.0, -3.0]), 100)
    fitted = fit_calibration(logits, (logits > 0).astype(float))
    assert decide(3.0, fitted).confidence > 0.999


def test_beliefs_of_both_labels_follow_their_counts() -> None:
    softened = soften_labels(np.asarray([1.0, 0.0, 0.0, 0.0]))
    assert softened.tolist() == pytest.approx([2 / 3, 1 / 5, 1 / 5, 1 / 5])


def test_labels_of_a_categorical_head_share_one() -> None:
    answer = Calibration(temperature=2.0, abstain_below=0.4).answer(WORDS, (2.0, 0.0, -2.0))
    assert answer.prediction == "feminine"
    assert sum(answer.shares) == pytest.approx(1.0)
    assert answer.confidence == pytest.approx(np.exp(1.0) / (np.exp(1.0) + 1 + np.exp(-1.0)))
    unsure = Calibration(abstain_below=0.5).answer(WORDS, (0.0, 0.0, 0.0))
    assert unsure.outcome is Outcome.UNCERTAIN
    assert unsure.prediction is None


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 3.0])
def test_finds_the_temperature_of_a_categorical_head(true_temperature: float) -> None:
    rng = np.random.default_rng(9)
    logits = rng.normal(0, 3, (20_000, 3))
    shares = softmax(logits / true_temperature)
    codes = (shares.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    assert fit_head(WORDS, logits, codes).temperature == pytest.approx(true_temperature, rel=0.08)


def test_a_handful_of_right_answers_of_three_words_proves_no_certainty() -> None:
    logits = 9.0 * np.eye(3)[[0, 1, 2, 0, 1, 2]]
    fitted = fit_head(WORDS, logits, np.asarray([0, 1, 2, 0, 1, 2]))
    assert fitted.answer(WORDS, (9.0, 0.0, 0.0)).confidence < 0.8
    with pytest.raises(ValueError, match="no logits"):
        fit_head(WORDS, np.zeros((0, 3)), np.zeros(0, dtype=int))


def test_a_binary_head_is_calibrated_as_ever() -> None:
    rng = np.random.default_rng(7)
    logits = rng.normal(0, 3, 800)
    positive = rng.random(800) < sigmoid(logits)
    fitted = fit_head(GENDER, logits[:, None], positive.astype(int))
    assert fitted == fit_calibration(logits, positive.astype(float))


@pytest.mark.parametrize("head", [GENDER, WORDS])
def test_what_is_pooled_of_one_model_is_its_own_answer(head: Head) -> None:
    calibration, logits = Calibration(temperature=1.7, exponent=1.2), (0.4, -1.0, 2.0)[: head.width]
    pooled = calibration.pooled(head, logits)
    again = Calibration().answer(head, pooled.tolist())
    assert again.shares == pytest.approx(calibration.answer(head, logits).shares)
