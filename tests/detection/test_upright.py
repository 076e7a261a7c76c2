"""Faces that lean are seen upright by closer looks, in a real photograph and in made-up ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from PIL import Image

import photos
from genderlens.detection.faces import CenterFace
from genderlens.detection.looks import Looks
from genderlens.detection.pose import wrapped
from genderlens.detection.upright import look_upright
from genderlens.pictures.regions import Region
from genderlens.types import Box, Detection

DETECTOR = CenterFace()
LOOKS = DETECTOR.looks


@dataclass
class Whole:
    """A picture decoded as it is."""

    image: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def to_original(self, found: Sequence[Detection]) -> list[Detection]:
        return list(found)

    def from_original(self, found: Sequence[Detection | None]) -> list[Detection | None]:
        return list(found)


@dataclass
class Blind:
    """Finds nothing in closer looks, and counts them."""

    looks: Looks = LOOKS
    squares: list[Region] = field(default_factory=list)

    def detect(self, image: Image.Image) -> list[Detection]:
        return []

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        self.squares += squares
        return [[] for _ in squares]


def leaning(degrees: float) -> Image.Image:
    portrait = photos.portrait()
    (face,) = DETECTOR.detect(portrait)
    return portrait.rotate(-degrees, Image.Resampling.BICUBIC, center=face.box.center)


def seen(image: Image.Image) -> Detection:
    return DETECTOR.detect(image)[0]


@pytest.mark.parametrize("degrees", [-150, -90, -60, -30, 30, 45, 90, 120, 180])
def test_roll_and_place_are_those_of_the_upright_face(degrees: float) -> None:
    upright = seen(photos.portrait())
    picture = leaning(degrees)
    (face,) = look_upright(DETECTOR, Whole(picture), [seen(picture)])
    assert abs(wrapped(face.roll - degrees)) < 7
    assert face.box.center == pytest.approx(upright.box.center, abs=12)
    assert face.box.area == pytest.approx(upright.box.area, rel=0.3)
    assert face.score == seen(picture).score


def test_an_upright_face_costs_no_look() -> None:
    blind, face = Blind(), seen(photos.portrait())
    assert look_upright(blind, Whole(photos.portrait()), [face]) == (face,)
    assert blind.squares == []


def test_a_face_that_was_seen_coarsely_gets_its_box_from_near() -> None:
    portrait, fine = photos.portrait(), seen(photos.portrait())
    box = fine.box
    rough = replace(
        fine,
        box=Box(box.left - 12, box.top - 9, box.right - 12, box.bottom - 9),
        seen_px=20.0,
    )
    for turned in (True, False):
        (face,) = look_upright(DETECTOR, Whole(portrait), [rough], turned=turned)
        assert face.box.center == pytest.approx(box.center, abs=8)
        assert rough.box.center != pytest.approx(box.center, abs=8)
        assert face.score == fine.score
    blind = Blind()
    assert look_upright(blind, Whole(portrait), [rough]) == (rough,)
    assert [square.roll for square in blind.squares] == [0.0]


def test_where_nothing_is_turned_a_leaning_face_costs_no_look() -> None:
    blind, picture = Blind(), leaning(60)
    found = seen(picture)
    assert look_upright(blind, Whole(picture), [found], turned=False) == (found,)
    assert blind.squares == []


def test_what_is_not_found_again_stays_upright_where_it_was() -> None:
    blind, picture = Blind(), leaning(60)
    found = seen(picture)
    (face,) = look_upright(blind, Whole(picture), [found])
    assert (face.box, face.roll, len(blind.squares)) == (found.box, 0.0, 1)


def test_a_crowd_costs_a_bounded_number_of_looks() -> None:
    blind, picture = Blind(), leaning(60)
    most = LOOKS.upright.most_faces
    faces = look_upright(blind, Whole(picture), [seen(picture)] * (most + 5))
    assert (len(faces), len(blind.squares)) == (most + 5, most)


def test_a_detector_that_cannot_look_closer_is_believed() -> None:
    class Simple:
        def detect(self, image: Image.Image) -> list[Detection]:
            return []

    picture = leaning(60)
    assert look_upright(Simple(), Whole(picture), [seen(picture)]) == (seen(picture),)
