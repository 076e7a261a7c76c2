"""What decides at first sight: the small network only where the refinement network agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image

from genderlens.detection.coarse import Sought
from genderlens.detection.detectors import find_detector
from genderlens.detection.gate import Prominence
from genderlens.detection.looks import Looks, Network
from genderlens.detection.survey import CLOSE_PX, FirstSight
from genderlens.types import Box, Detection, Landmarks

PICTURE = Image.new("RGB", (640, 480))
SOUGHT = Sought(Prominence(0.5, 20, 0.001, 0.05, 0.25), PICTURE.size, 0.65)
LARGE = Detection(Box(200.0, 100.0, 400.0, 340.0), 0.8)
SMALL = Detection(Box(200.0, 100.0, 240.0, 150.0), 0.8)


def _looks() -> Looks:
    looks = find_detector().looks
    assert looks.coarse is not None
    coarse = looks.coarse.model_copy(update={"network": "coarse"})
    return looks.model_copy(update={"coarse": coarse})


def _refined(roll: float = 0.0) -> Detection:
    points = ((250.0, 180.0), (350.0, 180.0), (300.0, 230.0), (260.0, 280.0), (340.0, 280.0))
    return Detection(Box(205.0, 105.0, 395.0, 335.0), 0.97, Landmarks(points, 1.0, roll))


class Seeing:
    """Sees what it is told to, and notes how it looked."""

    looks = _looks()
    max_side_px = 480
    min_score = 0.5

    def __init__(
        self,
        coarse: Sequence[Detection] = (),
        own: Sequence[Detection] = (),
        refined: Detection | None = None,
    ) -> None:
        self._seen = {"coarse": coarse, "detector": own}
        self._refined = refined
        self.looked: list[tuple[str, int]] = []
        self.least_side = 0.0

    def look(
        self, image: Image.Image, max_side_px: int, min_score: float, network: Network = "detector"
    ) -> list[Detection]:
        self.looked.append((network, max_side_px))
        return [one for one in self._seen[network] if one.score > min_score]

    def look_where_proposed(
        self, image: Image.Image, min_score: float, least_side: float = 0.0
    ) -> list[Detection]:
        found = self.look(image, self.max_side_px, min_score)
        self.looked[-1], self.least_side = FINEST, least_side
        return found

    def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
        return [self._refined for _ in faces]


COARSE, OWN, FINEST = ("coarse", 128), ("detector", 128), ("where proposed", 480)


def test_where_both_small_networks_agree_the_detector_does_not_look() -> None:
    detector = Seeing([LARGE], refined=_refined())
    (face,) = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert detector.looked == [COARSE]
    assert (face.box, face.score) == (_refined().box, LARGE.score)


@pytest.mark.parametrize("refined", [None, _refined(roll=30.0)], ids=["doubted", "leaning"])
def test_where_they_do_not_the_detector_looks_coarsely(refined: Detection | None) -> None:
    detector = Seeing([LARGE], [LARGE], refined)
    (face,) = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert detector.looked == [COARSE, OWN]
    assert face.box == LARGE.box


def test_what_the_small_network_alone_sees_counts_for_nothing() -> None:
    detector = Seeing([LARGE])
    assert not FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert detector.looked == [COARSE, OWN, FINEST]


@pytest.mark.parametrize(("score", "then"), [(0.7, OWN), (0.2, FINEST)])
def test_of_a_face_it_is_not_sure_of_the_detector_decides(
    score: float, then: tuple[str, int]
) -> None:
    detector = Seeing([replace(LARGE, score=score)], [LARGE], _refined())
    (face,) = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert face.box == LARGE.box
    assert detector.looked == [COARSE, then]


@pytest.mark.parametrize("seen", [(), (SMALL,)], ids=["nobody", "somebody far away"])
def test_the_finest_look_follows_at_once_where_a_coarse_one_tells_too_little(
    seen: Sequence[Detection],
) -> None:
    detector = Seeing(seen, refined=_refined())
    survey = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT)
    assert not survey.faces
    assert detector.looked == [COARSE, FINEST]


def test_a_close_up_that_finer_looks_miss_is_looked_for_in_a_small_copy() -> None:
    close = replace(LARGE, score=0.25)
    assert close.box.area**0.5 * 128 / 640 >= CLOSE_PX
    detector = Seeing([close])
    FirstSight(detector, PICTURE, 0.4).survey(SOUGHT)
    assert detector.looked == [COARSE, FINEST, ("detector", detector.looks.small_px)]


@pytest.mark.parametrize("seen", [True, False])
def test_what_may_be_a_face_is_looked_at_where_the_refinement_network_sees_one(seen: bool) -> None:
    weak = Detection(Box(420.0, 100.0, 520.0, 200.0), 0.48)

    class Telling(Seeing):
        def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
            assert [*faces] == [LARGE.box, weak.box]
            return [_refined(), _refined() if seen else None]

    survey = FirstSight(Telling([LARGE, weak]), PICTURE, 0.4).survey(SOUGHT)
    assert [one.score for one in survey.faces] == [LARGE.score]
    assert [one.box for one in survey.unsettled] == ([weak.box] if seen else [])


def test_several_faces_are_all_placed_or_none() -> None:
    class Doubting(Seeing):
        def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
            return [_refined(), None][: len(faces)]

    other = Detection(Box(420.0, 100.0, 600.0, 330.0), 0.76)
    detector = Doubting([LARGE, other], [LARGE, other])
    faces = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert [face.box for face in faces] == [LARGE.box, other.box]
    assert detector.looked == [COARSE, OWN]


def test_one_face_that_is_not_believed_is_enough_for_the_detector_to_look() -> None:
    other = Detection(Box(420.0, 100.0, 600.0, 330.0), 0.6)
    detector = Seeing([LARGE, other], [LARGE], _refined())
    (face,) = FirstSight(detector, PICTURE, 0.4).survey(SOUGHT).faces
    assert face.box == LARGE.box
    assert detector.looked == [COARSE, OWN]


@pytest.mark.parametrize("side_px", [224, 640])
def test_all_of_a_picture_is_looked_at_where_it_is_small_or_every_face_is_wanted(
    side_px: int,
) -> None:
    detector = Seeing(own=[SMALL])
    sought = SOUGHT if side_px == 224 else None
    picture = PICTURE.resize((side_px, side_px))
    assert FirstSight(detector, picture, 0.4).survey(sought).faces
    assert detector.looked == [("detector", 480)]


def test_the_finest_look_is_told_how_small_a_face_may_be() -> None:
    """A twentieth of the height, 24 px, is a square of 21.06 px; half that in a half copy."""
    detector, half = Seeing(), PICTURE.resize((320, 240))
    for image, side in ((PICTURE, 21.06), (half, 10.53)):
        FirstSight(detector, image, 0.4).survey(SOUGHT)
        assert detector.looked[-1] == FINEST
        assert detector.least_side == pytest.approx(side, abs=0.01)
