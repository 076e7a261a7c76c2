"""What a program does with a result."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import genderlens
import photos
from genderlens.heads.default import GENDER
from genderlens.library.result import list_columns


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor(faces="all")


@pytest.fixture(scope="module")
def portrait(predictor: genderlens.PhotoPredictor) -> genderlens.Result:
    return predictor(photos.portrait())


@pytest.fixture(scope="module")
def nobody(predictor: genderlens.PhotoPredictor) -> genderlens.Result:
    return predictor(np.full((200, 300, 3), 128, np.uint8))


def test_a_result_is_true_where_it_has_a_label(
    portrait: genderlens.Result, nobody: genderlens.Result
) -> None:
    assert portrait
    assert portrait.label == portrait.prediction == "female"
    assert portrait.confidence > 0.8
    assert portrait.box is not None
    assert portrait.error is None
    assert not nobody
    assert nobody.label is None
    assert nobody.box is None
    assert nobody.error_code == "no_person"
    assert nobody.probabilities is None


def test_a_dict_is_what_the_service_says(portrait: genderlens.Result) -> None:
    said = portrait.to_dict()
    assert said["prediction"] == "female"
    assert said["outcome"] == "classified"
    assert len(said["faces"]) == len(portrait.faces)


def test_rows_are_flat(portrait: genderlens.Result, nobody: genderlens.Result) -> None:
    pandas = pytest.importorskip("pandas")
    frame = portrait.to_pandas()
    assert list(frame.columns) == list_columns((GENDER,))
    assert len(frame) == len(portrait.faces)
    empty = nobody.to_rows()
    assert [row["error_code"] for row in empty] == ["no_person"]
    cells = [cell for row in [*portrait.to_rows(), *empty] for cell in row.values()]
    assert not any(isinstance(cell, (dict, list, tuple)) for cell in cells)
    assert isinstance(frame, pandas.DataFrame)


def test_results_of_many_make_one_frame(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    pytest.importorskip("pandas")
    photos.portrait().save(tmp_path / "a.png")
    frame = predictor([tmp_path / "a.png", tmp_path / "gone.png"]).to_pandas()
    assert frame["error_code"].tolist()[-1] == "file_not_found"
    assert frame["source"].tolist()[0] == str(tmp_path / "a.png")


def test_a_plot_marks_the_face_and_leaves_the_picture_alone(portrait: genderlens.Result) -> None:
    plain, drawn = np.asarray(portrait.image()), np.asarray(portrait.plot())
    assert drawn.shape == plain.shape
    assert portrait.box is not None
    changed = np.argwhere((drawn != plain).any(axis=2))
    top, left = changed.min(axis=0)
    assert left == pytest.approx(portrait.box.left, abs=4)
    assert top < portrait.box.top
    assert 0.001 < len(changed) / plain[..., 0].size < 0.2
    assert (np.asarray(portrait.image()) == plain).all()


def test_a_picture_without_anybody_says_why(nobody: genderlens.Result) -> None:
    assert (np.asarray(nobody.plot()) != 128).any()


def test_a_plot_is_saved_in_the_format_of_its_name(
    portrait: genderlens.Result, tmp_path: Path
) -> None:
    path = portrait.save(tmp_path / "seen.jpg")
    with Image.open(path) as saved:
        assert saved.format == "JPEG"


def test_grad_cam_of_the_first_face(portrait: genderlens.Result, nobody: genderlens.Result) -> None:
    assert portrait.explain().size[0] > 50
    with pytest.raises(LookupError, match="no face to explain"):
        nobody.explain()


def test_notebooks_show_the_picture(
    portrait: genderlens.Result, predictor: genderlens.PhotoPredictor
) -> None:
    shown = portrait._repr_png_()
    assert shown is not None
    assert shown.startswith(b"\x89PNG")
    assert predictor(b"no picture")._repr_png_() is None


def test_a_picture_that_is_gone_cannot_be_drawn(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    path = tmp_path / "soon gone.png"
    photos.portrait().save(path)
    result = predictor(path)
    path.unlink()
    with pytest.raises(LookupError, match="no file at"):
        result.plot()


def test_words_for_people(portrait: genderlens.Result, nobody: genderlens.Result) -> None:
    assert re.fullmatch(r"female \d\d\.\d%", str(portrait))
    assert str(nobody) == "no_person (no_person)"


def test_the_public_names_are_these() -> None:
    assert genderlens.__all__ == [
        "AsyncClient",
        "Box",
        "Client",
        "FaceResult",
        "Head",
        "HeadAnswer",
        "Outcome",
        "PhotoPredictor",
        "Result",
        "Results",
        "ServedAnswer",
        "Track",
        "VideoAnswers",
        "__version__",
        "load_predictor",
    ]
    assert all(getattr(genderlens, name) for name in genderlens.__all__)
    with pytest.raises(AttributeError, match="no attribute 'predict'"):
        _ = genderlens.predict
