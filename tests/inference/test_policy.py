"""A policy that is none decides nothing: what must be refused must not get a label."""

from __future__ import annotations

from typing import Any

import pytest

import photos
from genderlens import load_predictor
from genderlens.errors import SettingsError
from genderlens.inference.predictor import Predictor, create_predictor, require_policy
from genderlens.settings import load_environment
from genderlens.types import FACE_POLICIES


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(load_environment())


@pytest.mark.parametrize(
    ("word", "near"), [("ALL", "; did you mean 'all'"), ("Single", "'single'"), ("biggest", "")]
)
def test_a_word_that_is_no_policy(predictor: Predictor, word: Any, near: str) -> None:
    picture = photos.encode(photos.crowd(2))
    for ask in (predictor.predict, lambda p, faces: predictor.predict_photo(p[0], faces=faces)):
        with pytest.raises(SettingsError, match=f"faces='{word}' is no policy") as caught:
            ask([picture], faces=word)
        assert near in caught.value.message
    with pytest.raises(SettingsError):
        predictor.predict([], faces=word)


def test_every_policy_is_one() -> None:
    assert [require_policy(word) for word in FACE_POLICIES] == list(FACE_POLICIES)


def test_the_library_refuses_a_setting_that_is_none() -> None:
    with pytest.raises(SettingsError, match="did you mean 'faces'"):
        load_predictor(face="all")
