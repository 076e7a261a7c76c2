"""Validation pictures are taken as what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import photos
from genderlens.bundle import load_bundle
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.detection.faces import CenterFace
from genderlens.promotion.framing import follow_pictures


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    return CenterFace()


def stored(folder: Path, picture: Image.Image, count: int = 4) -> Manifest:
    for number in range(count):
        place = folder / ("female", "male")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(photos.encode(picture, "PNG"))
    return read_source(str(folder))


def test_face_crops_are_taken_as_they_are(tmp_path: Path, detector: CenterFace) -> None:
    (face,) = detector.detect(photos.portrait())
    square = load_bundle().crop.square(face.box)
    crop = photos.portrait().crop(
        (int(square.left), int(square.top), int(square.right), int(square.bottom))
    )
    assert follow_pictures(stored(tmp_path, crop), load_bundle(), detector) == "cropped"


def test_whole_portraits_have_their_faces_looked_for(tmp_path: Path, detector: CenterFace) -> None:
    manifest = stored(tmp_path, photos.portrait())
    assert follow_pictures(manifest, load_bundle(), detector) == "largest"


def test_pictures_in_which_nothing_is_found_are_taken_as_they_are(
    tmp_path: Path, detector: CenterFace
) -> None:
    manifest = stored(tmp_path, Image.new("RGB", (80, 80), "grey"))
    (tmp_path / "female" / "0.png").write_bytes(b"broken")
    assert follow_pictures(manifest, load_bundle(), detector) == "cropped"
