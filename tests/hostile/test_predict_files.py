"""Hostile pictures through ``genderlens predict``'s path from files, with the verdict of HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.inference.files import predict_files
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings
from genderlens.types import Outcome
from hostile.pictures import create_picture, list_pictures


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(Settings())


@pytest.mark.parametrize("name", list_pictures())
def test_every_hostile_picture_gets_its_outcome(
    predictor: Predictor, tmp_path: Path, name: str
) -> None:
    content, error = create_picture(name)
    file = tmp_path / "picture.jpg"
    file.write_bytes(content)
    ((_, answer),) = predict_files(predictor, [file])
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
def test_odd_names_are_only_names(predictor: Predictor, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"text")
    ((path, answer),) = predict_files(predictor, [tmp_path / name])
    assert path.name == name
    assert answer.error_code == "unsupported_format"


@pytest.mark.parametrize("name", ["nul\0.jpg", "x" * 5000])
def test_impossible_names_are_reported(predictor: Predictor, name: str) -> None:
    ((_, answer),) = predict_files(predictor, [Path(name)])
    assert answer.outcome is Outcome.UNREADABLE
    assert answer.error_code in {"file_not_found", "file_not_readable"}
