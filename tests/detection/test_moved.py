"""Boxes that are a little off, and what the refinement network makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image

import photos
from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import LooksAgain
from genderlens.detection.faces import CenterFace
from genderlens.detection.gate import Prominence
from genderlens.detection.moved import BoxMove, MovedSight, move_boxes
from genderlens.detection.upright import look_upright
from genderlens.inference.photo import Photo
from genderlens.types import Box, Detection

FACE = Detection(Box(10.0, 20.0, 50.0, 120.0), 0.9, is_placed=True)


class Plain:
    """Sees one face, and knows no further looks."""

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        return [FACE]


@pytest.mark.parametrize(
    ("move", "box"),
    [
        (BoxMove(across=0.1), (10 + 6.3246, 20, 50 + 6.3246, 120)),
        (BoxMove(down=-0.1), (10, 20 - 6.3246, 50, 120 - 6.3246)),
        (BoxMove(times=1.5), (0, -5, 60, 145)),
    ],
)
def test_a_box_moves_by_shares_of_its_side(move: BoxMove, box: tuple[float, ...]) -> None:
    (found,) = move_boxes(Plain(), move).detect(Image.new("RGB", (8, 8)))
    sides = (found.box.left, found.box.top, found.box.right, found.box.bottom)
    assert sides == pytest.approx(box, abs=1e-3)
    assert not found.is_placed


def test_a_moved_face_is_placed_where_it_is() -> None:
    picture = photos.portrait().resize((900, 900))
    detector = CenterFace()
    moved = move_boxes(detector, BoxMove(across=0.05, times=1.05))
    assert isinstance(moved, MovedSight)
    assert isinstance(moved, LooksAgain)
    sought = Sought(Prominence(0.5, 20, 0.001, 0.05, 0.25), picture.size, 0.65)
    (own,), (other,) = (one.survey(picture, 0.4, sought).faces[:1] for one in (detector, moved))
    assert own.box.overlap(other.box) < 0.93
    photo = Photo(picture, max_pixels=10**8, enough_px=None)
    (settled,) = look_upright(moved, photo, [other])
    assert own.box.overlap(settled.box) > 0.95
    assert moved.look_closer(picture, [], 0.3) == []
    assert set(moved.look_turned(picture)) == {1, 2, 3}
