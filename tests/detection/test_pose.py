"""Five points to a roll: of upright, leaning, turned and unlikely faces."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest

from genderlens.detection.faces import CENTERFACE
from genderlens.detection.looks import LOOKS, read_looks
from genderlens.detection.pose import read_landmarks, read_pose, wrapped
from genderlens.errors import DetectorError
from genderlens.pictures.regions import turned
from genderlens.types import Point

MODEL = read_looks(CENTERFACE.with_name(LOOKS)).pose
SIZE_PX = MODEL.sizes_px[1]


def lean(degrees: float, *, size: float = 40.0, at: Point = (70.0, 30.0)) -> list[Point]:
    """The mean face, so large, turned clockwise and put somewhere."""
    places = [turned(size * x, size * y, degrees) for x, y in MODEL.face]
    return [(at[0] + x, at[1] + y) for x, y in places]


@pytest.mark.parametrize("degrees", [-170.0, -90.0, -30.0, 0.0, 4.0, 45.0, 120.0])
def test_the_mean_face_leans_as_it_is_turned(degrees: float) -> None:
    pose = read_pose(lean(degrees), MODEL)
    assert pose.roll == pytest.approx(degrees, abs=1e-6)
    assert pose.misfit == pytest.approx(0.0, abs=1e-6)
    assert pose.yaw == pytest.approx(0.0, abs=1e-6)


def test_what_yaw_adds_is_taken_off() -> None:
    points = lean(0.0)
    height = points[3][1] - points[0][1]
    points[2] = (points[2][0] + 0.2 * height, points[2][1])
    pose = read_pose(points, MODEL)
    straight = read_pose(points, MODEL.model_copy(update={"yaw_roll": 0.0}))
    assert pose.yaw == pytest.approx(0.2, abs=0.02)
    assert straight.roll - pose.roll == pytest.approx(MODEL.yaw_roll * pose.yaw)


def test_in_profile_eyes_to_mouth_go_on_telling() -> None:
    points = [(x * 0.1 + 63.0, y) for x, y in lean(0.0)]
    eyes = math.degrees(math.atan2(points[1][1] + 1.0 - points[0][1], points[1][0] - points[0][0]))
    points[1] = (points[1][0], points[1][1] + 1.0)  # a pixel of noise
    assert eyes > 20
    assert abs(read_pose(points, MODEL).roll) < 8


def test_small_rolls_are_none_and_large_ones_whole() -> None:
    assert read_landmarks(lean(MODEL.ignored_roll - 0.5), SIZE_PX, MODEL).roll == 0.0
    middle = (MODEL.ignored_roll + MODEL.whole_roll) / 2
    assert read_landmarks(lean(middle), SIZE_PX, MODEL).roll == pytest.approx(middle / 2, abs=0.2)
    assert read_landmarks(lean(-60.0), SIZE_PX, MODEL).roll == -60.0


def test_no_step_in_roll_makes_a_leap() -> None:
    rolls = [read_landmarks(lean(0.1 * step), SIZE_PX, MODEL).roll for step in range(300)]
    assert max(b - a for a, b in pairwise(rolls)) < 1.0
    assert rolls == sorted(rolls)


def test_a_tiny_face_is_upright_and_not_trusted() -> None:
    tiny = read_landmarks(lean(30.0), MODEL.sizes_px[0], MODEL)
    assert (tiny.trust, tiny.roll) == (0.0, 0.0)
    assert read_landmarks(lean(30.0), SIZE_PX, MODEL).trust == 1.0


@pytest.mark.parametrize("points", [[(5.0, 5.0)] * 5, [(0.0, 0.0), (1, 9), (9, 1), (2, 3), (8, 0)]])
def test_points_that_are_no_face_turn_nothing(points: list[Point]) -> None:
    seen = read_landmarks(points, SIZE_PX, MODEL)
    assert (seen.trust, seen.roll) == (0.0, 0.0)


def test_what_a_turned_view_shows_is_believed_and_only_the_rest_shrinks() -> None:
    seen = read_landmarks(lean(10.0), MODEL.sizes_px[0], MODEL, turned_by=175.0)
    assert seen.roll == 175.0
    sure = read_landmarks(lean(10.0), SIZE_PX, MODEL, turned_by=175.0)
    assert sure.roll == pytest.approx(-175.0, abs=0.25)


def test_turns_beyond_half_a_circle_are_wrapped() -> None:
    assert [wrapped(x) for x in (190.0, -190.0, 360.0, 180.0)] == [-170.0, 170.0, 0.0, -180.0]


def test_looks_that_say_nonsense_are_named(tmp_path: Path) -> None:
    path = tmp_path / "looks.json"
    path.write_text('{"small_px": 3}')
    with pytest.raises(DetectorError, match=r"looks\.json: small_px: .*tools.detector"):
        read_looks(path)
    with pytest.raises(DetectorError, match="cannot be read: No such file"):
        read_looks(tmp_path / "none.json")
