"""Hostile pictures through ``genderlens predict``'s path from files, with the verdict of HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

import genderlens
from genderlens.data.sources.skipped import SkippedItems
from genderlens.library.arguments import find_inputs
from genderlens.types import Outcome
from hostile.pictures import create_picture, list_pictures


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor()


def answer_file(predictor: genderlens.PhotoPredictor, path: str) -> genderlens.Result:
    (result,) = predictor.batch(find_inputs([path], SkippedItems()))
    return result


@pytest.mark.parametrize("name", list_pictures())
def test_every_hostile_picture_gets_its_outcome(
    predictor: genderlens.PhotoPredictor, tmp_path: Path, name: str
) -> None:
    content, error = create_picture(name)
    file = tmp_path / "picture.jpg"
    file.write_bytes(content)
    answer = answer_file(predictor, str(file))
    if error is None:
        assert answer.outcome is not Outcome.UNREADABLE
        assert answer.error_code in {None, "no_person", "many_people"}
    else:
        assert (answer.outcome, answer.error_code) == (Outcome.UNREADABLE, error.code)
        assert answer.error


@pytest.mark.parametrize(
    "name",
    ["con.jpg", "-rf.jpg", "=cmd().jpg", "ü😀\u202egpj.jpg", "a b\n.jpg", "x" * 240 + ".jpg"],
)
def test_odd_names_are_only_names(
    predictor: genderlens.PhotoPredictor, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"text")
    answer = answer_file(predictor, str(tmp_path / name))
    assert answer.source == str(tmp_path / name)
    assert answer.error_code == "unsupported_format"


@pytest.mark.parametrize("name", ["nul\0.jpg", "x" * 5000])
def test_impossible_names_are_reported(predictor: genderlens.PhotoPredictor, name: str) -> None:
    answer = answer_file(predictor, name)
    assert answer.outcome is Outcome.UNREADABLE
    assert answer.error_code in {"file_not_found", "file_not_readable"}
