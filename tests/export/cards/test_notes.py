"""A first model's figures come with the words that explain them."""

from __future__ import annotations

import pytest

from genderlens.bundle import CalibrationSpec, Description, Evaluation, load_bundle
from genderlens.export.cards.model_card import render_model_card
from genderlens.export.cards.notes import list_notes
from genderlens.types import Estimate
from tiny_bundles import with_calibration


@pytest.fixture
def shipped() -> Description:
    return load_bundle().description


def first_model(shipped: Description) -> Description:
    """55 % on 60 pictures, every answer uncertain, the temperature at its end."""
    evaluation = Evaluation(
        data="my photos, split val",
        faces="cropped",
        overall=Estimate(value=0.55, low=0.42, high=0.67, count=60),
        abstained=Estimate(value=1.0, low=0.94, high=1.0, count=60),
        metrics={"accuracy_when_certain": 0.0, "auroc": 0.56, "brier": 0.25, "ece": 0.05},
        groups={},
    )
    spec = CalibrationSpec(temperature=19.9999, abstain_below=0.55, count=8)
    return with_calibration(shipped, spec).model_copy(update={"evaluation": evaluation})


def test_a_good_model_needs_no_notes(shipped: Description) -> None:
    assert list_notes(shipped) == []


def test_every_oddity_of_a_first_model_is_explained(shipped: Description) -> None:
    few, hot, guess, silent = list_notes(first_model(shipped))
    assert few.startswith("Only 8 pictures calibrated it")
    assert "The temperature 20.0 is the highest that is tried" in hot
    assert "55.0% (42.0% – 67.0%) on 60 pictures is no better than guessing" in guess
    assert "teacher=[default]" in guess
    assert silent.startswith("Every answer was uncertain")


def test_the_card_tells_no_accuracy_of_nothing(shipped: Description) -> None:
    card = render_model_card(first_model(shipped))
    assert "accuracy of the rest" not in card
    assert "none is left whose accuracy could be told" in card
    assert "**Every answer was uncertain" in card


def test_whole_photos_are_told_from_face_crops(shipped: Description) -> None:
    wide = shipped.crop.model_copy(update={"scale": 4.2})
    (note,) = list_notes(shipped.model_copy(update={"crop": wide}))
    assert "4.2 times as wide as the faces" in note
