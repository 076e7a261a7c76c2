"""Doubtful faces are looked at again; what no look finds again does not count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from PIL import Image

import photos
from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import MOST_LOOKED_AT, Doubt, LooksAgain, Survey, find_faces
from genderlens.detection.faces import CenterFace
from genderlens.detection.gate import Prominence
from genderlens.pictures.regions import Region
from genderlens.types import Box, Detection

PROMINENT = Prominence(0.5, 5, 0.0, 0.0, 0.25)
DOUBT = Doubt(sure_score=0.65, weak_score=0.4)


@dataclass
class Halved:
    """A picture of 400 × 400 pixels, decoded at half of them."""

    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (200, 200)))
    size: tuple[int, int] = (400, 400)

    def to_original(self, found: Sequence[Detection]) -> list[Detection]:
        return [one.scaled(2.0, 2.0) for one in found]

    def from_original(self, found: Sequence[Detection | None]) -> list[Detection | None]:
        return [one and one.scaled(0.5, 0.5) for one in found]


@dataclass
class Eye:
    """Finds what it is told; ``again`` scores a place in the near and in the far square."""

    first: Sequence[Detection]
    weak: Sequence[Detection] = ()
    unsettled: Sequence[Detection] = ()
    again: dict[Box, tuple[float, float]] = field(default_factory=dict)
    squares: list[Region] = field(default_factory=list)
    looks: int = 0

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        return self.first

    def survey(self, image: Image.Image, weak_score: float, sought: Sought | None = None) -> Survey:
        assert sought is not None
        assert sought.size == (400, 400)
        return Survey(self.first, self.weak, self.unsettled)

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        self.looks += 1
        self.squares += squares
        return [self.look(square, min_score) for square in squares]

    def look(self, square: Region, min_score: float) -> list[Detection]:
        for box, (near, far) in self.again.items():
            if box.center == pytest.approx(square.box.center):
                score = near if square.box.width < 2 * box.width else far
                return [Detection(box, score)] if score > min_score else []
        return []


@dataclass
class Turning(Eye):
    """Finds others in the picture turned by quarters."""

    turned: dict[int, list[Detection]] = field(default_factory=dict)

    def look_turned(self, image: Image.Image) -> dict[int, list[Detection]]:
        return self.turned


def at(x: float, score: float, side: float = 30.0) -> Detection:
    return Detection(Box(x, 10.0, x + side, 10.0 + side), score)


def find(eye: Eye, doubt: Doubt = DOUBT) -> list[float]:
    assert isinstance(eye, LooksAgain)
    return [face.score for face in find_faces(eye, Halved(), PROMINENT, doubt)]


def test_a_sure_face_is_believed_without_another_look() -> None:
    eye = Eye([at(10, 0.9), at(100, 0.55)])
    assert find(eye) == [0.9, 0.55]
    assert eye.squares == []


def test_a_doubtful_face_counts_where_either_look_finds_it() -> None:
    face = at(50, 0.6)
    assert find(Eye([face])) == []
    assert find(Eye([face], again={face.box: (0.5, 0.0)})) == [0.6]
    assert find(Eye([face], again={face.box: (0.0, 0.5)})) == [0.6]
    assert find(Eye([face], again={face.box: (0.34, 0.34)})) == []


def test_the_squares_lie_around_the_face_in_decoded_pixels() -> None:
    eye = Eye([at(50, 0.6)])
    find(eye)
    assert [round(square.box.width) for square in eye.squares] == [45, 90]
    assert all(square.box.center == (65.0, 25.0) for square in eye.squares)


def test_something_else_in_the_square_is_not_the_face() -> None:
    eye = Eye([at(50, 0.6)], again={Box(64.0, 24.0, 66.0, 26.0): (0.9, 0.9)})
    assert find(eye) == []


def test_without_the_large_one_smaller_ones_may_be_prominent() -> None:
    small = at(100, 0.6, side=10.0)
    eye = Eye([at(10, 0.55, side=60.0), small], again={small.box: (0.5, 0.5)})
    assert find(eye) == [0.6]
    sure = Eye([at(10, 0.55, side=60.0), at(100, 0.8, side=10.0)])
    assert find(sure) == [0.8]


def test_a_weak_face_counts_where_both_looks_see_it_clearly_and_nobody_else_is_there() -> None:
    weak = at(50, 0.45)
    clear = {weak.box: (0.5, 0.45)}
    assert find(Eye([], [weak], again=clear)) == [0.45]
    assert find(Eye([], [weak], again={weak.box: (0.8, 0.0)})) == []
    assert find(Eye([at(120, 0.9)], [weak], again=clear)) == [0.9]


def test_a_crowd_of_doubtful_faces_costs_a_bounded_number_of_looks() -> None:
    crowd = [at(9.0 * i, 0.6, side=8.0) for i in range(20)]
    eye = Eye(crowd, again={face.box: (0.5, 0.5) for face in crowd})
    assert len(find(eye)) == MOST_LOOKED_AT
    assert len(eye.squares) == MOST_LOOKED_AT
    assert eye.looks == 1


def test_a_sure_score_of_zero_believes_every_face() -> None:
    eye = Eye([at(50, 0.51)], [at(100, 0.45)])
    assert find(eye, Doubt(0.0, 0.4)) == [0.51]
    assert eye.squares == []


def test_centerface_finds_a_real_face_again_and_nothing_in_a_sky() -> None:
    detector, portrait = CenterFace(), photos.portrait()
    (face,) = detector.detect(portrait)
    x, y = face.box.center
    for half in (90.0, 180.0):
        square = Region(Box(x - half, y - half, x + half, y + half))
        ((again,),) = detector.look_closer(portrait, [square], 0.5)
        assert again.box.overlap(face.box) > 0.6
    sky = Region(Box(-900.0, -900.0, -500.0, -500.0))
    assert detector.look_closer(portrait, [sky], 0.35) == [[]]


def find_turned(eye: Turning) -> list[float]:
    found = find_faces(eye, Halved(), PROMINENT, DOUBT, turned=True)
    return [face.score for face in found]


def test_faces_that_lie_are_looked_for_only_where_nobody_counts() -> None:
    lying = at(50, 0.7)
    clear = {lying.box: (0.6, 0.6)}
    assert find_turned(Turning([at(10, 0.9)], turned={1: [lying]}, again=clear)) == [0.9]
    assert find_turned(Turning([], turned={1: [lying]}, again=clear)) == [0.6]
    assert find(Turning([], turned={1: [lying]}, again=clear)) == []


def test_faces_that_lie_are_confirmed_in_squares_that_lie() -> None:
    lying = at(50, 0.7)
    eye = Turning([], turned={3: [lying]}, again={lying.box: (0.6, 0.1)})
    assert find_turned(eye) == []
    assert [square.roll for square in eye.squares] == [270.0, 270.0]


def test_a_face_seen_in_two_turns_counts_once_and_two_faces_twice() -> None:
    one, same, other = at(50, 0.7), at(51, 0.6), at(150, 0.65)
    eye = Turning([], turned={1: [one], 2: [same, other]})
    eye.again = {one.box: (0.6, 0.7), same.box: (0.9, 0.9), other.box: (0.8, 0.6)}
    assert sorted(find_turned(eye)) == pytest.approx([0.65, 0.7])


def test_a_survey_tells_weak_faces_apart_and_keeps_the_others_as_they_were() -> None:
    detector, crowd = CenterFace(), photos.crowd(3)
    surveyed = detector.survey(crowd, 0.05)
    assert list(surveyed.faces) == detector.detect(crowd)
    assert all(0.05 < weak.score <= 0.5 for weak in surveyed.weak)


def test_what_was_seen_too_coarsely_counts_where_both_looks_see_it_clearly() -> None:
    one = at(50, 0.2)
    assert find(Eye([], unsettled=[one], again={one.box: (0.9, 0.7)})) == [pytest.approx(0.8)]
    assert find(Eye([], unsettled=[one], again={one.box: (0.9, 0.4)})) == []
    assert find(Eye([], unsettled=[one], again={one.box: (0.4, 0.9)})) == []


def test_it_counts_beside_a_sure_face_if_it_is_large_enough() -> None:
    sure, large, small = at(10, 0.9), at(100, 0.2), at(160, 0.3, side=6.0)
    eye = Eye([sure], unsettled=[large, small])
    eye.again = {face.box: (0.8, 0.8) for face in (large, small)}
    assert sorted(find(eye)) == [0.8, 0.9]
    assert all(square.box.center != small.box.center for square in eye.squares)


def test_a_crowd_of_unsettled_ones_costs_a_bounded_number_of_looks() -> None:
    crowd = [at(9.0 * i, 0.3, side=8.0) for i in range(20)]
    eye = Eye([], unsettled=crowd, again={face.box: (0.8, 0.8) for face in crowd})
    assert len(find(eye)) == MOST_LOOKED_AT
    assert len(eye.squares) == 2 * MOST_LOOKED_AT
    assert eye.looks == 2


class Measures(Eye):
    """Sees the left face as large as it was, and the right one larger."""

    def look(self, square: Region, min_score: float) -> list[Detection]:
        x, y = square.box.center
        half = 25.0 if x < 50 else 15.0
        return [Detection(Box(x - half, y - half, x + half, y + half), 0.7)]


def test_a_near_look_measures_what_a_coarse_box_leaves_open() -> None:
    """Seen coarsely, the second has 0.23 of the area of the first; from near, 0.36."""
    first = Detection(Box(5.0, 5.0, 55.0, 55.0), 0.9, seen_px=20.0)
    second = Detection(Box(100.0, 18.0, 124.0, 42.0), 0.8, seen_px=9.6)
    assert find(Measures([first, second])) == [0.9, 0.8]
    fine = [replace(face, seen_px=math.inf) for face in (first, second)]
    assert find(Measures(fine)) == [0.9]
