"""Windows lie on the grid, show what they should, and say where in the picture a face is."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from genderlens.detection.networks.inputs import shrink, to_input
from genderlens.detection.networks.planes import DetectedFaces
from genderlens.detection.windows import Patch, join_faces, join_windows
from genderlens.types import Box

WHOLE = Patch(0, 0, 480, 384)


def _faces(*boxes: tuple[float, float, float, float]) -> DetectedFaces:
    corners = np.asarray(boxes, np.float32).reshape(-1, 4)
    scores = np.linspace(0.9, 0.5, len(corners), dtype=np.float32)
    points = np.repeat(corners[:, None, :2], 5, axis=1)
    return DetectedFaces(corners, scores, points)


def test_a_window_shows_the_place_and_what_is_around_it() -> None:
    window = Patch.around(Box(200, 100, 260, 180), 2.0, 96, WHOLE)
    assert window == Patch(128, 32, 320, 224)


def test_a_small_place_has_a_window_of_a_least_size() -> None:
    window = Patch.around(Box(160, 160, 170, 172), 2.0, 96, WHOLE)
    assert (window.right - window.left, window.bottom - window.top) == (128, 128)


def test_it_ends_where_the_picture_does() -> None:
    assert Patch.around(Box(-9, -9, 40, 40), 2.0, 96, WHOLE) == Patch(0, 0, 96, 96)
    assert Patch.around(Box(400, 300, 500, 400), 2.0, 96, WHOLE) == Patch(320, 224, 480, 384)


@pytest.mark.parametrize("seed", range(20))
def test_joined_windows_are_apart_and_show_all_that_was_asked(seed: int) -> None:
    chance = random.Random(seed)
    asked = []
    for _ in range(chance.randint(0, 12)):
        x, y, side = chance.uniform(0, 480), chance.uniform(0, 384), chance.uniform(4, 60)
        asked.append(Patch.around(Box(x, y, x + side, y + side), 2.0, 64, WHOLE))
    joined = join_windows(asked)
    for index, one in enumerate(joined):
        assert not any(one.meets(other) for other in joined[:index])
    for one in asked:
        (shown,) = [window for window in joined if window.meets(one)]
        assert shown.joined(one) == shown
    assert sum(one.area for one in joined) <= WHOLE.area


@pytest.mark.parametrize("size", [(300, 200), (701, 533), (2000, 1500)])
def test_a_window_shows_what_the_whole_copy_does(size: tuple[int, int]) -> None:
    chance = np.random.default_rng(3)
    picture = Image.fromarray(chance.integers(0, 256, (size[1], size[0], 3), np.uint8))
    small = shrink(picture, 480)
    whole, values = Patch.of_size(small.size), to_input(small)
    assert (values == whole.cut(picture, small.size)).all()
    for window in (Patch(32, 64, 160, 128), Patch(224, 96, whole.right, whole.bottom)):
        seen = window.cut(picture, small.size)
        part = values[:, window.top : window.bottom, window.left : window.right]
        assert seen.shape == part.shape
        apart = np.abs(seen.astype(int) - part)
        if max(size) < 4 * 480:
            assert apart.max() <= 1
        else:  # cells of whole pixels that are averaged first begin elsewhere
            assert apart.mean() < 12


def test_what_was_found_in_a_window_is_placed_in_the_picture() -> None:
    window = Patch(96, 64, 192, 160)
    placed = window.place(_faces((10, 20, 40, 60)), WHOLE)
    assert placed.boxes.tolist() == [[106, 84, 136, 124]]
    assert placed.points[0].tolist() == [[106, 84]] * 5


@pytest.mark.parametrize(
    "box", [(-1, 9, 30, 40), (9, -1, 30, 40), (60, 9, 97, 40), (9, 60, 30, 97)]
)
def test_what_a_window_cuts_is_not_seen_there(box: tuple[float, float, float, float]) -> None:
    inner = Patch(96, 64, 192, 160)
    assert inner.place(_faces(box, (10, 20, 40, 60)), WHOLE).scores.tolist() == [pytest.approx(0.5)]


def test_what_the_picture_itself_cuts_is() -> None:
    corner = Patch(0, 0, 96, 96)
    assert len(corner.place(_faces((-5, -5, 30, 40)), WHOLE).scores) == 1
    whole = WHOLE.place(_faces((-5, -5, 490, 390)), WHOLE)
    assert len(whole.scores) == 1


def test_faces_of_several_windows_come_best_first() -> None:
    first, second = _faces((0, 0, 9, 9), (1, 1, 9, 9)), _faces((2, 2, 9, 9))
    joined = join_faces([first, second])
    assert joined.scores.tolist() == pytest.approx([0.9, 0.9, 0.5])
    assert joined.boxes[:, 0].tolist() == [0, 2, 1]
