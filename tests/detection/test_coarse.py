"""How fine a look a picture needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import photos
from genderlens.detection.coarse import Sought
from genderlens.detection.faces import CenterFace
from genderlens.detection.gate import Prominence
from genderlens.detection.looks import CoarseLook
from genderlens.detection.networks.face import FaceNetwork
from genderlens.detection.networks.inputs import Bytes
from genderlens.detection.networks.planes import DetectedFaces
from genderlens.types import Box, Detection

LOOK = CoarseLook(
    side_px=128,
    sizes_px=(10.0, 20.0),
    min_scores=(0.2, 0.4),
    enough_px=10.0,
    narrowest=0.64,
    settle_px=60.0,
    whole_px=224,
)
PROMINENT = Prominence(0.5, 20, 0.001, 0.05, 0.25)
SOUGHT = Sought(PROMINENT, (1000, 500), 0.65)


def at(x: float, score: float, side: float) -> Detection:
    return Detection(Box(x, 0.0, x + side, side), score)


@pytest.mark.parametrize(
    ("prominence", "least"),
    [
        (Prominence(0.5, 40, 0.001, 0.05, 0.25), 40.0),
        (Prominence(0.5, 20, 0.005, 0.05, 0.25), 50.0),
        (Prominence(0.5, 20, 0.001, 0.2, 0.25), 80.0),
    ],
)
def test_the_least_side_is_that_of_the_strictest_rule(prominence: Prominence, least: float) -> None:
    assert prominence.least_side((1000, 500), LOOK.narrowest) == pytest.approx(least)


def test_without_a_sure_face_the_smallest_that_counts_has_to_be_seen() -> None:
    least = PROMINENT.least_side(SOUGHT.size, LOOK.narrowest)
    needed = SOUGHT.needed_side([], LOOK, 500)
    assert needed == pytest.approx(10.0 * 1000 / least)
    assert SOUGHT.needed_side([at(0, 0.6, 200)], LOOK, 500) == needed


def test_beside_a_large_face_small_ones_do_not_matter() -> None:
    """200 of 500 pixels: half of it has 100, and 10 of them are enough."""
    assert SOUGHT.needed_side([at(0, 0.9, 200)], LOOK, 500) == pytest.approx(50.0)
    assert SOUGHT.needed_side([at(0, 0.9, 20), at(90, 0.7, 50)], LOOK, 500) == pytest.approx(200.0)


def test_a_small_thing_may_be_a_face_at_a_lower_score_than_a_large_one() -> None:
    assert [LOOK.least_score(px) for px in (2.0, 10.0, 15.0, 20.0, 90.0)] == pytest.approx(
        [0.2, 0.2, 0.3, 0.4, 0.4]
    )


def watch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Longer sides of what the networks are shown from now on."""
    sides, find = [], FaceNetwork.find

    def watched(self: FaceNetwork, values: Bytes, *bounds: float) -> Iterator[DetectedFaces]:
        sides.append(max(values.shape[1:3]))
        return find(self, values, *bounds)

    monkeypatch.setattr(FaceNetwork, "find", watched)
    return sides


def sides_looked_at(
    detector: CenterFace, picture_px: int, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Longer sides of what was shown for the portrait in a wider picture."""
    ground = photos.portrait().resize((900, 900))
    if picture_px:
        small = ground.resize((picture_px, picture_px))
        ground.paste((90, 100, 110), (0, 0, *ground.size))
        ground.paste(small, (40, 60))
    sides = watch(monkeypatch)
    sought = Sought(Prominence(0.5, 20, 0.001, 0.05, 0.25), ground.size, 0.65)
    survey = detector.survey(ground, 0.4, sought)
    assert len([face for face in survey.faces if face.score > 0.65]) == 1
    return sides


def test_a_portrait_is_looked_at_once_and_coarsely(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = CenterFace()
    assert detector.looks.coarse is not None
    (side,) = sides_looked_at(detector, 0, monkeypatch)
    assert side <= detector.looks.coarse.side_px


def test_a_face_far_away_is_looked_for_finely(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = CenterFace()
    assert detector.looks.proposals is not None
    first, proposed, *windows = sides_looked_at(detector, 300, monkeypatch)
    assert first < proposed == detector.looks.proposals.input_px
    assert windows


def test_a_small_picture_is_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, small = CenterFace(), photos.portrait().resize((200, 200))
    sought = Sought(PROMINENT, small.size, 0.65)
    assert list(detector.survey(small, 0.4, sought).faces) == detector.detect(small)


def test_nobody_is_looked_for_coarsely_once(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, cat = CenterFace(), photos.landscapes()["cat"]
    sides = watch(monkeypatch)
    sought = Sought(PROMINENT, cat.size, 0.65)
    assert not detector.survey(cat, 0.4, sought).faces
    coarse, finest, *_ = sides
    assert coarse <= detector.looks.small_px < finest
