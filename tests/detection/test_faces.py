"""CenterFace on real photographs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.detection.faces import CenterFace
from genderlens.detection.networks.planes import decode, overlap, suppress
from genderlens.detection.networks.squares import SQUARES_AT_ONCE
from genderlens.detection.pose import wrapped
from genderlens.errors import DetectorError
from genderlens.pictures.regions import Region, square_around


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    return CenterFace()


def test_finds_the_face_where_it_is(detector: CenterFace) -> None:
    (found,) = detector.detect(photos.portrait())
    x, y = found.box.center
    assert 200 < x < 250
    assert 90 < y < 140
    assert 80 < found.box.width < 120
    assert found.score > 0.8


def test_boxes_follow_the_picture_when_it_is_scaled(detector: CenterFace) -> None:
    small = detector.detect(photos.portrait())[0].box
    large = detector.detect(photos.portrait().resize((1536, 1536)))[0].box
    assert np.allclose(np.asarray(large.to_list()) / 3, small.to_list(), atol=5)


def test_finds_everybody_in_a_crowd(detector: CenterFace) -> None:
    found = detector.detect(photos.crowd(3))
    assert len(found) == 3
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)


def test_a_close_up_is_found_by_the_second_look(detector: CenterFace) -> None:
    close = photos.portrait().crop((165, 40, 285, 190)).resize((1200, 1500))
    (found,) = detector.detect(close)
    assert found.box.height > 600


@pytest.mark.parametrize("name", ["cat", "coffee", "temple", "flower"])
def test_finds_nobody_where_nobody_is(detector: CenterFace, name: str) -> None:
    assert detector.detect(photos.landscapes()[name]) == []


@pytest.mark.parametrize("size", [(16, 16), (17, 2000), (33, 65), (481, 479)])
def test_any_size_is_taken(detector: CenterFace, size: tuple[int, int]) -> None:
    assert detector.detect(Image.new("RGB", size)) == []


def test_boxes_stay_inside_the_picture(detector: CenterFace) -> None:
    half = photos.portrait().crop((200, 50, 400, 250))
    for found in detector.detect(half):
        box = found.box
        assert 0 <= box.left < box.right <= half.width
        assert 0 <= box.top < box.bottom <= half.height


def test_a_crash_is_an_error_and_never_an_answer(
    detector: CenterFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(detector.network.session, "run", crash)
    with pytest.raises(DetectorError, match="out of memory"):
        detector.detect(photos.portrait())


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_faces_that_lie_or_stand_on_their_heads_are_found_where_they_are(
    detector: CenterFace, quarters: int
) -> None:
    portrait = photos.portrait().crop((40, 0, 440, 360))
    (upright,) = detector.detect(portrait)
    lying = portrait.rotate(-90 * quarters, expand=True)
    (found,) = detector.look_turned(lying)[quarters]
    x, y = upright.box.center
    expected = {1: (360 - y, x), 2: (400 - x, 360 - y), 3: (y, 400 - x)}[quarters]
    assert np.allclose(found.box.center, expected, atol=8)
    assert found.landmarks is not None
    assert upright.landmarks is not None
    eye = upright.landmarks.points[0]
    place = {1: (360 - eye[1], eye[0]), 2: (400 - eye[0], 360 - eye[1]), 3: (eye[1], 400 - eye[0])}
    assert np.allclose(found.landmarks.points[0], place[quarters], atol=8)
    assert abs(wrapped(found.roll - 90 * quarters)) < 10


def test_a_closer_look_leans_with_its_square(detector: CenterFace) -> None:
    portrait = photos.portrait()
    (upright,) = detector.detect(portrait)
    leaning = portrait.rotate(-50, Image.Resampling.BICUBIC, center=upright.box.center)
    square = Region(square_around(upright.box, 1.5), 50.0)
    ((found,),) = detector.look_closer(leaning, [square], 0.5)
    assert np.allclose(found.box.center, upright.box.center, atol=8)
    assert found.box.area == pytest.approx(upright.box.area, rel=0.2)
    assert found.score > 0.8
    assert found.roll == pytest.approx(50, abs=6)


def test_squares_looked_at_together_show_what_each_shows_alone() -> None:
    detector, crowd = CenterFace(), photos.crowd(3)
    faces = detector.detect(crowd)
    squares = [
        Region(square_around(face.box, side), roll)
        for face in faces
        for side, roll in ((1.5, 0.0), (2.0, 20.0), (3.0, 0.0), (3.0, 180.0))
    ]
    assert len(squares) > SQUARES_AT_ONCE
    together = detector.look_closer(crowd, squares, 0.1)
    assert together == [detector.look_closer(crowd, [one], 0.1)[0] for one in squares]
    assert sum(map(bool, together)) >= 3 * len(faces)
    assert detector.look_closer(crowd, [], 0.1) == []


def test_suppression_keeps_the_best_of_overlapping_boxes() -> None:
    boxes = np.asarray([[0, 0, 10, 10], [1, 1, 11, 11], [30, 30, 40, 40]], np.float32)
    assert suppress(boxes, np.asarray([0.9, 0.8, 0.7], np.float32), 0.3) == [0, 2]
    assert overlap(boxes[0], boxes[1]) == pytest.approx(81 / 119)
    assert overlap(boxes[0], boxes[2]) == 0.0


def planes() -> list[np.ndarray]:
    """Outputs of 8×8 cells in which there is nothing."""
    return [np.zeros((channels, 8, 8), np.float32) for channels in (1, 2, 2, 10)]


def test_decoding_puts_a_box_around_its_cell() -> None:
    heat, size, offset, places = planes()
    heat[0, 3, 5] = 0.9
    size[0, 3, 5], size[1, 3, 5] = np.log(4), np.log(2)
    places[:, 3, 5] = [0.25, 0.5] * 5  # down and across, in shares of the box
    found = decode([heat, size, offset, places], 0.5)
    assert found.boxes.tolist() == [[18.0, 6.0, 26.0, 22.0]]
    assert found.scores.tolist() == pytest.approx([0.9])
    assert found.points.tolist() == [[[22.0, 10.0]] * 5]


@pytest.mark.parametrize("noise", [0.0, 1e-4, -1e-4])
def test_the_last_digits_of_an_engine_move_no_box(noise: float) -> None:
    heat, size, offset, places = planes()
    heat[0, 3, 5] = 0.9
    size[:, 3, 5], offset[:, 3, 5] = 1.3 + noise, 0.2 + noise
    places[:, 3, 5] = 0.3 + noise / 10
    found = decode([heat, size, offset, places], 0.5)
    assert found.points.tolist() == [[[19.875, 11.875]] * 5]
    assert found.boxes.tolist() == [[15.5, 7.5, 30.25, 22.25]]


def test_a_detector_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match=r"none\.onnx cannot be read: No such file"):
        CenterFace(path=tmp_path / "none.onnx")
