"""Photos decoded no finer than needed, with boxes in pixels of the original."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.bundle import load_bundle
from genderlens.errors import ImageError, ImageTooLargeError
from genderlens.inference.photo import CLASSIFIER_MARGIN, Photo, coarsest_scale
from genderlens.inference.predictor import create_predictor
from genderlens.pictures.imaging import decode_image, decode_reduced
from genderlens.settings import Settings
from genderlens.types import Box, Detection
from hostile.pictures import create_picture, exif_orientation, jpeg_segment, list_pictures

SIZE = (1600, 1200)


def jpeg(size: tuple[int, int] = SIZE) -> bytes:
    return photos.encode(photos.portrait().resize(size), quality=90)


@pytest.mark.parametrize(
    ("enough_px", "expected"),
    [
        (None, SIZE),
        (1600, SIZE),
        (801, SIZE),
        (800, (800, 600)),
        (400, (400, 300)),
        (1, (200, 150)),
    ],
)
def test_the_longer_side_keeps_what_is_enough(
    enough_px: int | None, expected: tuple[int, int]
) -> None:
    decoded = decode_reduced(jpeg(), enough_px=enough_px)
    assert decoded.image.size == expected
    assert decoded.full_size == SIZE
    assert decoded.scale == SIZE[0] / expected[0]


def test_other_formats_and_slim_pictures_stay_whole() -> None:
    assert decode_reduced(photos.encode(photos.portrait(), "PNG"), enough_px=1).image.width == 512
    slim = photos.encode(photos.portrait().resize((1600, 31)))
    assert decode_reduced(slim, enough_px=1).image.size == (1600, 31)


@pytest.mark.parametrize("name", list_pictures())
def test_what_is_wrong_is_found_at_every_scale(name: str) -> None:
    content, _ = create_picture(name)

    def verdict(enough_px: int | None) -> str:
        try:
            return str(decode_reduced(content, enough_px=enough_px).full_size)
        except ImageError as error:
            return error.code

    assert verdict(16) == verdict(None)


def test_the_limit_counts_the_whole_picture() -> None:
    with pytest.raises(ImageTooLargeError):
        decode_reduced(jpeg(), max_pixels=1600 * 1200 - 1, enough_px=200)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_gives_the_same_box(orientation: int) -> None:
    upright = photos.portrait().resize(SIZE)
    stored = photos.STORED.get(orientation)
    content = photos.encode(upright.transpose(stored) if stored is not None else upright)
    exif = exif_orientation(orientation)
    turned = content[:2] + jpeg_segment(0xE1, exif) + content[2:]
    photo = Photo(turned, max_pixels=10_000_000, enough_px=800)
    assert photo.size == SIZE
    assert photo.image.size == (800, 600)
    expected = np.asarray(upright.reduce(2), np.int16)
    assert np.abs(np.asarray(photo.image, np.int16) - expected).mean() < 3


def test_boxes_go_there_and_back() -> None:
    photo = Photo(jpeg(), max_pixels=10_000_000, enough_px=400)
    found = Detection(Box(10.0, 20.0, 30.0, 60.0), 0.9)
    (original,) = photo.to_original([found])
    assert original == Detection(Box(40.0, 80.0, 120.0, 240.0), 0.9)
    assert photo.from_original([original, None]) == [found, None]


def test_it_is_decoded_again_only_where_that_helps() -> None:
    photo = Photo(jpeg(), max_pixels=10_000_000, enough_px=400)
    before = photo.image
    photo.refine(4.0)
    assert photo.image is before
    photo.refine(3.9)
    assert photo.image.size == (800, 600)
    photo.refine(0.2)
    assert photo.image.size == SIZE
    whole = photo.image
    photo.refine(0.1)
    assert photo.image is whole


def test_the_smallest_face_decides() -> None:
    bundle = load_bundle()
    need = CLASSIFIER_MARGIN * bundle.description.input.size_px / bundle.description.crop.scale
    large = Detection(Box(0.0, 0.0, 8 * need, 8 * need), 0.9)
    small = Detection(Box(0.0, 0.0, 2 * need, 2 * need), 0.9)
    assert coarsest_scale([bundle], SIZE, [large]) == pytest.approx(8.0)
    assert coarsest_scale([bundle], SIZE, [large, small]) == pytest.approx(2.0)
    whole = 1200 / bundle.description.input.size_px / CLASSIFIER_MARGIN
    assert coarsest_scale([bundle], SIZE, [None]) == pytest.approx(whole)


@pytest.mark.parametrize("side", [3840, 700])
def test_a_large_photo_is_answered_like_its_whole(side: int) -> None:
    """The second is a small face in a large photo, which has to be decoded again."""
    canvas = Image.new("RGB", (3840, 3840), (90, 100, 110))
    canvas.paste(photos.portrait().resize((side, side)), (0, 3840 - side))
    content = photos.encode(canvas, quality=90)
    settings = Settings(faces="largest", face_min_height=0.01, face_min_area=0.0001)
    predictor = create_predictor(settings)
    (answer,) = predictor.predict([content])
    lossless = photos.encode(decode_image(content), "PNG", compress_level=1)
    (whole,) = predictor.predict([lossless])
    assert answer.outcome is whole.outcome
    face, expected = answer.faces[0], whole.faces[0]
    assert face.answer.positive_share == pytest.approx(expected.answer.positive_share, abs=0.15)
    assert face.box is not None
    assert expected.box is not None
    np.testing.assert_allclose(face.box.to_list(), expected.box.to_list(), atol=0.02 * side)
