"""The finest look goes where the small network proposes and the detector sees something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.detection.detectors import find_detector
from genderlens.detection.faces import CenterFace
from genderlens.detection.looks import ProposalLook
from genderlens.detection.networks.planes import DetectedFaces
from genderlens.detection.proposals import Proposals
from genderlens.detection.windows import Patch

PICTURE = Image.new("RGB", (480, 360))
WHOLE = Patch(0, 0, 480, 384)
SEEN = 3 * WHOLE.area
"""Bytes of all of it."""
LOOK = ProposalLook(
    input_px=480,
    reducing_gap=2.0,
    sizes_px=(16.0, 28.0),
    min_scores=(0.4, 0.2),
    sure_score=0.8,
    most_places=3,
    square=2.0,
    side_px=64,
    seen_score=0.1,
    window=2.0,
    least_px=96,
    whole_share=0.6,
    size_errors=(2.0, 1.25),
)


def _found(*faces: tuple[float, float, float, float]) -> DetectedFaces:
    """Of each: score, left, top and side."""
    rows = sorted(faces, reverse=True)
    boxes = [[left, top, left + side, top + side] for _, left, top, side in rows]
    scores = np.asarray([row[0] for row in rows], np.float32)
    corners = np.asarray(boxes, np.float32).reshape(-1, 4)
    return DetectedFaces(corners, scores, np.zeros((len(rows), 5, 2), np.float32))


class Finding:
    """A network that finds in each picture of a run what it is told to."""

    def __init__(self, *found: DetectedFaces) -> None:
        self._left = list(found)
        self.shown: list[tuple[int, ...]] = []

    def find(self, values: Any, min_score: float, max_overlap: float) -> Iterator[DetectedFaces]:
        self.shown.append(values.shape)
        for _ in values:
            seen = self._left.pop(0)
            yield seen.take(np.flatnonzero(seen.scores > min_score).tolist())


def _windows(
    proposed: DetectedFaces,
    near: Sequence[DetectedFaces],
    *,
    least_side: float = 0.0,
    picture: Image.Image = PICTURE,
) -> tuple[list[Patch], Any]:
    """Of the picture as large as a look of 480 px has it."""
    detector = Finding(*near)
    proposals = Proposals(LOOK, Finding(proposed), detector)  # type: ignore[arg-type]
    return proposals.windows(picture, (480, 360), least_side), detector


MIDDLE = _found((0.2, 16, 16, 32))
"""A face in the middle of a square of 64 px."""


def test_nothing_proposed_is_nothing_looked_at() -> None:
    windows, detector = _windows(_found((0.2, 50, 50, 20)), [])
    assert windows == []
    assert detector.shown == []


def test_what_the_detector_sees_from_near_gets_a_window() -> None:
    proposed = _found((0.6, 50, 50, 20), (0.5, 300, 200, 20))
    windows, detector = _windows(proposed, [MIDDLE, _found()])
    assert windows == [Patch(0, 0, 128, 128)]
    assert detector.shown == [(2, 64, 64, 3)]


def test_it_lies_around_what_the_detector_sees_and_not_around_what_was_proposed() -> None:
    proposed = _found((0.6, 150, 150, 20))
    windows, _ = _windows(proposed, [_found((0.9, 0, 0, 8), (0.3, 56, 56, 8), (0.05, 9, 9, 9))])
    assert windows == [Patch(64, 64, 256, 256)]


def test_what_the_small_network_is_sure_of_is_not_looked_at_before() -> None:
    windows, detector = _windows(_found((0.9, 50, 50, 20)), [])
    assert windows == [Patch(0, 0, 128, 128)]
    assert detector.shown == []


def test_places_are_of_the_picture_and_windows_of_what_is_looked_at() -> None:
    picture = Image.new("RGB", (960, 720))
    proposed = _found((0.9, 50, 50, 20), (0.5, 300, 200, 20))
    windows, detector = _windows(proposed, [_found((0.9, 16, 16, 32))], picture=picture)
    assert windows == [Patch(0, 0, 128, 128), Patch(256, 160, 384, 288)]
    assert detector.shown == [(1, 64, 64, 3)]


def test_what_is_too_small_to_count_is_not_looked_at() -> None:
    proposed = _found((0.9, 50, 50, 9.9), (0.5, 200, 200, 9.9), (0.5, 300, 200, 10.1))
    windows, detector = _windows(proposed, [MIDDLE], least_side=20.0)
    assert windows == []
    assert detector.shown == [(1, 64, 64, 3)]


@pytest.mark.parametrize(("least_side", "count"), [(10.0, 1), (15.0, 0)])
def test_nor_finely_what_turns_out_to_be_too_small(least_side: float, count: int) -> None:
    """A side of 32 of 64 px in a square of 20.2 px of the picture is one of 10.1."""
    windows, _ = _windows(_found((0.5, 300, 200, 10.1)), [MIDDLE], least_side=least_side)
    assert len(windows) == count


def test_what_a_window_shows_already_is_not_looked_at_before() -> None:
    proposed = _found((0.9, 50, 50, 20), (0.5, 60, 20, 20), (0.45, 300, 20, 20))
    windows, detector = _windows(proposed, [_found()])
    assert windows == [Patch(0, 0, 128, 128)]
    assert detector.shown == [(1, 64, 64, 3)]


def test_too_many_places_are_the_whole_picture() -> None:
    many = _found(*((0.5, 100 * i, 100, 20) for i in range(4)))
    windows, detector = _windows(many, [])
    assert windows == [WHOLE]
    assert detector.shown == []


def test_windows_that_are_most_of_the_picture_are_all_of_it() -> None:
    windows, _ = _windows(_found((0.9, 60, 60, 200), (0.5, 300, 200, 20)), [])
    assert windows == [WHOLE]


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    return CenterFace()


def _scene(*places: tuple[int, int, int]) -> Image.Image:
    """A grey ground with portraits of so many pixels, left and top."""
    ground = Image.new("RGB", (960, 720), (120, 130, 140))
    portrait = photos.portrait()
    for side, left, top in places:
        ground.paste(portrait.resize((side, side)), (left, top))
    return ground


def test_the_shipped_network_finds_what_the_whole_look_finds(detector: CenterFace) -> None:
    scene = _scene((180, 100, 80), (300, 600, 400))
    proposed = detector.look_where_proposed(scene, 0.5)
    whole = detector.look(scene, detector.max_side_px, 0.5)
    assert len(proposed) == len(whole) == 2
    for one, other in zip(proposed, whole, strict=True):
        assert one.box.overlap(other.box) > 0.9
        assert one.score == pytest.approx(other.score, abs=0.1)
        assert one.landmarks is not None


def test_where_nobody_is_the_detector_sees_little_of_the_picture(detector: CenterFace) -> None:
    shown = []
    network = detector.network

    class Noting:
        reducing_gap = network.reducing_gap

        def find(self, values: Any, *given: float) -> Iterator[DetectedFaces]:
            shown.append(values.size)
            return network.find(values, *given)

    detector.network = Noting()  # type: ignore[assignment]
    try:
        assert detector.look_where_proposed(_scene(), 0.5) == []
        assert sum(shown) < 0.2 * SEEN
        assert detector.look_where_proposed(_scene((180, 100, 80)), 0.5)
        assert 0 < sum(shown) < 0.5 * SEEN
    finally:
        detector.network = network


def test_a_plan_without_proposals_looks_at_all() -> None:
    looks = find_detector().looks.model_copy(update={"proposals": None})
    detector = CenterFace(looks=looks)
    scene = _scene((180, 100, 80))
    assert detector.look_where_proposed(scene, 0.5) == detector.look(scene, 480, 0.5)
