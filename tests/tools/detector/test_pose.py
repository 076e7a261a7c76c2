"""What crops teach of landmarks, from a detector whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tools.detector.pose import learn_pose

from genderlens.data.manifest import Manifest
from genderlens.detection.faces import CENTERFACE
from genderlens.detection.looks import LOOKS, read_looks
from genderlens.errors import DataError
from genderlens.pictures.regions import turned
from genderlens.types import Box, Detection, Landmarks

MODEL = read_looks(CENTERFACE.with_name(LOOKS)).pose
FACE = ((-0.22, -0.18), (0.22, -0.18), (0.0, 0.05), (-0.17, 0.25), (0.17, 0.25))
YAW_ROLL = 12.0


class Leaner:
    """Sees one face at each call, which leans the more the more it looks aside."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(3)

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        yaw = self._chance.uniform(-0.25, 0.25)
        height = FACE[3][1] - FACE[0][1]
        places = [*FACE[:2], (yaw * height, FACE[2][1]), *FACE[3:]]
        leaning = [turned(80 * x, 80 * y, YAW_ROLL * yaw) for x, y in places]
        points = tuple((100 + x, 90 + y) for x, y in leaning)
        return [Detection(Box(60.0, 50.0, 140.0, 130.0), 0.9, Landmarks(points, 1.0, 0.0))]


class Blind:
    def detect(self, image: Image.Image) -> Sequence[Detection]:
        return []


@pytest.fixture
def crops(tmp_path: Path) -> Manifest:
    path = tmp_path / "crop.png"
    Image.new("RGB", (40, 40)).save(path)
    return Manifest.from_rows([{"uri": str(path), "label": "male"}] * 200)


def test_mean_face_and_roll_per_yaw_are_found(crops: Manifest) -> None:
    learnt = learn_pose(crops, Leaner(), MODEL)
    assert np.allclose(learnt.face, FACE, atol=0.02)
    assert learnt.yaw_roll == pytest.approx(YAW_ROLL, abs=3)
    assert learnt.misfits == MODEL.misfits


def test_the_mean_face_is_its_own_mirror_image(crops: Manifest) -> None:
    left, right, nose, low_left, low_right = learn_pose(crops, Leaner(), MODEL).face
    assert (left[0], left[1]) == (-right[0], right[1])
    assert (low_left[0], low_left[1]) == (-low_right[0], low_right[1])
    assert nose[0] == 0.0


def test_crops_without_faces_teach_nothing(crops: Manifest) -> None:
    with pytest.raises(DataError, match="found in 0 crops, 100 are needed"):
        learn_pose(crops, Blind(), MODEL)
