"""Who is in a picture, on real photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

import photos
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.data_quality.people import (
    find_people_faults,
    list_faces,
    look_at_people,
    look_like_crops,
)
from genderlens.detection.faces import CenterFace
from genderlens.errors import DataError, DetectorError
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings
from genderlens.types import Detection


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(Settings())


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """One woman, nobody, three, text, and nothing at all at the address."""
    contents = {
        "one.jpg": photos.encode(photos.portrait()),
        "none.jpg": photos.encode(photos.landscapes()["coffee"]),
        "three.jpg": photos.encode(photos.crowd(3)),
        "text.jpg": b"text",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    names = [*contents, "gone.jpg"]
    return Manifest.from_rows({"uri": str(tmp_path / n), "label": "female"} for n in names)


def test_several_people_and_none_are_found(predictor: Predictor, manifest: Manifest) -> None:
    seen = look_at_people(predictor, manifest)
    assert isinstance(seen[4], DataError)
    found = [(f.fault.value, f.rows, f.reason, f.details) for f in find_people_faults(seen)]
    assert found == [
        ("no_person", (1,), "no person seen", {"person_count": 0}),
        ("many_people", (2,), "3 people seen", {"person_count": 3}),
    ]
    faces = list_faces(seen)
    assert [face is not None for face in faces] == [True, False, False, False, False]


def test_a_detector_that_crashes_is_an_error(
    manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: CenterFace, image: Image.Image, *_: object) -> Sequence[Detection]:
        raise DetectorError("the face detector failed")

    monkeypatch.setattr(CenterFace, "survey", crash)
    with pytest.raises(DetectorError):
        look_at_people(create_predictor(Settings()), manifest)


def test_a_face_that_fills_the_picture_is_a_crop(
    predictor: Predictor, manifest: Manifest, tmp_path: Path
) -> None:
    assert not look_like_crops(predictor, manifest)
    assert not look_like_crops(predictor, manifest.take([1, 3, 4]))
    face = list_faces(look_at_people(predictor, manifest.take([0])))[0]
    assert face is not None
    box = face.box
    crop = photos.portrait().crop((int(box.left), int(box.top), int(box.right), int(box.bottom)))
    (tmp_path / "crop.png").write_bytes(photos.encode(crop, "PNG"))
    crops = Manifest.from_rows([{"uri": str(tmp_path / "crop.png"), "label": "female"}])
    assert look_like_crops(predictor, crops)


@pytest.mark.data
def test_the_sets_that_the_threshold_was_measured_on(
    predictor: Predictor, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genderlens.data_quality.people.SAMPLE_PER_LABEL", 6)
    for name in ("fairface/validation-00000-of-00001.parquet", "celeba"):
        assert look_like_crops(predictor, read_source(str(data_dir / name))), name
    scenes = sorted(data_dir.glob("coco/**/*.jpg"))
    rows = ({"uri": str(p), "label": ("male", "female")[i % 2]} for i, p in enumerate(scenes))
    assert not look_like_crops(predictor, Manifest.from_rows(rows))
