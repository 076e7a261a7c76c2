from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

import photos
from genderlens.bundle import load_bundle
from genderlens.inference.inputs import INPUTS, measure_faces, measure_pixels
from genderlens.inference.photo import Photo
from genderlens.types import Box, Detection, Outcome, Prediction
from made_answers import face_result

RESULT = face_result(0.9)


def _measure(image: Image.Image, face: Detection | None = None) -> dict[str, float]:
    photo = Photo(photos.encode(image, "PNG"), max_pixels=10**7, enough_px=None)
    result = RESULT if face is None else replace(RESULT, box=face.box, detection_score=face.score)
    answer = Prediction(Outcome.CLASSIFIED, 1, "v", (result,))
    (measured,) = measure_faces(load_bundle(), photo, answer)
    return measured


def test_known_pixels_have_known_figures() -> None:
    grey = measure_pixels(np.full((8, 8, 3), 51, np.uint8))
    assert grey == pytest.approx(
        {"brightness": 0.2, "contrast": 0.0, "sharpness": 0.0, "saturation": 0.0}, abs=1e-6
    )
    red = measure_pixels(np.full((8, 8, 3), (255, 0, 0), np.uint8))
    assert red["brightness"] == pytest.approx(0.299)
    assert red["saturation"] == 1.0
    black = measure_pixels(np.zeros((8, 8, 3), np.uint8))
    assert black["saturation"] == 0.0
    board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)
    checked = measure_pixels(np.repeat(board[..., None], 3, axis=2))
    assert checked["contrast"] == pytest.approx(0.5)
    assert checked["sharpness"] == 1.0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("brightness", lambda image: ImageEnhance.Brightness(image).enhance(0.4)),
        ("contrast", lambda image: ImageEnhance.Contrast(image).enhance(0.4)),
        ("sharpness", lambda image: image.filter(ImageFilter.GaussianBlur(8))),
        ("saturation", lambda image: ImageEnhance.Color(image).enhance(0.3)),
    ],
)
def test_each_figure_falls_with_what_it_stands_for(name: str, change: object) -> None:
    plain = photos.portrait()
    assert callable(change)
    assert _measure(change(plain))[name] < 0.75 * _measure(plain)[name]


def test_only_the_side_depends_on_the_size_of_the_picture() -> None:
    large = photos.portrait()
    small = large.resize((large.width // 2, large.height // 2), Image.Resampling.BOX)
    two, one = _measure(large), _measure(small)
    assert set(two) == set(INPUTS)
    assert two["side"] == 2 * one["side"] == min(large.size)
    for name in ("brightness", "contrast", "saturation", "confidence"):
        assert two[name] == pytest.approx(one[name], abs=0.03)


@pytest.mark.parametrize("box", [(10, 10, 60, 60), (-50, -50, 40, 40), (480, 480, 600, 600)])
def test_the_region_of_a_face_counts_as_far_as_it_lies_in_the_picture(
    box: tuple[float, float, float, float],
) -> None:
    face = Detection(Box(*box), 0.9)
    measured = _measure(photos.portrait(), face)
    assert measured["side"] == pytest.approx(load_bundle().crop.square(face.box).width)
    assert all(np.isfinite(value) for value in measured.values())
