"""Labels that change when the detector's box moves, as they are measured and told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image

import photos
from genderlens.bundle import BoxJitter, load_bundle
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.detection.faces import CenterFace
from genderlens.export.cards.model_card import render_model_card
from genderlens.export.steadiness import MOVES, measure_box_jitter
from genderlens.types import Box, Detection, Estimate


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder = tmp_path_factory.mktemp("pictures")
    for label, degrees in (("female", 0), ("male", 3)):
        (folder / label).mkdir()
        photos.portrait().rotate(degrees).save(folder / label / "a.png")
    return read_source(str(folder))


class Nobody:
    def detect(self, image: Image.Image) -> Sequence[Detection]:
        return []


class Narrow:
    """Sees a part of the face, so that what is cut out hangs on where its box lies."""

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        return [Detection(Box(150.0, 60.0, 230.0, 150.0), 0.9)]


def test_a_clear_face_keeps_its_label(pictures: Manifest) -> None:
    found = measure_box_jitter(load_bundle(), pictures, CenterFace())
    assert found is not None
    assert (found.changed.value, found.changed.count, found.moves) == (0.0, 2, len(MOVES))
    assert found.changed.high > 0.0  # two pictures prove little


def test_a_detector_that_looks_only_once_is_measured_too(pictures: Manifest) -> None:
    found = measure_box_jitter(load_bundle(), pictures, Narrow())
    assert found is not None
    assert 0.0 <= found.changed.value <= 1.0


def test_nobody_tells_nothing(pictures: Manifest) -> None:
    assert measure_box_jitter(load_bundle(), pictures, Nobody()) is None


class Once:
    """Sees a face in the first picture that it is shown."""

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        self.asked += 1
        return Narrow().detect(image) if self.asked == 1 else []


def test_a_face_that_no_moved_look_finds_tells_nothing(pictures: Manifest) -> None:
    assert measure_box_jitter(load_bundle(), pictures, Once()) is None


def test_the_card_tells_it() -> None:
    description = load_bundle().description
    assert description.evaluation is not None
    jitter = BoxJitter(changed=Estimate(0.0123, 0.01, 0.02, 600), moves=6, shift=0.03, growth=1.05)
    evaluation = description.evaluation.model_copy(update={"box_jitter": jitter})
    card = render_model_card(description.model_copy(update={"evaluation": evaluation}))
    assert "moves** by 3% of its side, or grows or shrinks by 5%, 1.2% (1.0% – 2.0%) of" in card
    bare = description.evaluation.model_copy(update={"box_jitter": None})
    assert "box moves" not in render_model_card(description.model_copy(update={"evaluation": bare}))
