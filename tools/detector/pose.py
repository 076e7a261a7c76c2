"""What a detector's five points say of a face's roll, learnt from face crops that were aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection import Detector
from genderlens.detection.looks import PoseModel
from genderlens.detection.pose import read_pose
from genderlens.errors import DataError
from genderlens.export.int8.crops import spread
from genderlens.pictures.imaging import decode_image
from genderlens.types import Detection

SAMPLE = 1000
_LEAST_FACES = 100
_MIRRORED = (1, 0, 2, 4, 3)
"""Which point each is in the mirror."""

Points = NDArray[np.float64]


def learn_pose(manifest: Manifest, detector: Detector, model: PoseModel) -> PoseModel:
    """The model with the mean face, and with the roll per yaw, of aligned crops.

    Both are made symmetrical, as if every crop were there in the mirror too. Raises DataError where
    too few crops show just one face.
    """
    faces = np.asarray([*_iterate_faces(spread(manifest, SAMPLE), detector)])
    if len(faces) < _LEAST_FACES:
        raise DataError(
            f"one face each was found in {len(faces)} crops, {_LEAST_FACES} are needed to learn "
            "how faces lean; give --data more face crops"
        )
    upright = model.model_copy(update={"face": _mean_face(faces), "yaw_roll": 0.0})
    poses = [read_pose([(x, y) for x, y in face.tolist()], upright) for face in faces]
    told = [pose for pose in poses if abs(pose.yaw) <= model.most_yaw]
    yaws, rolls = np.asarray([p.yaw for p in told]), np.asarray([p.roll for p in told])
    slope = float(yaws @ rolls / (yaws @ yaws))
    return upright.model_copy(update={"yaw_roll": round(slope, 2)})


def _mean_face(faces: Points) -> tuple[tuple[float, float], ...]:
    mean: Points = np.median(faces, axis=0)
    mirrored = mean[list(_MIRRORED)] * [-1.0, 1.0]
    found: Sequence[Sequence[float]] = ((mean + mirrored) / 2).round(4).tolist()
    return tuple((x, y) for x, y in found)


def _iterate_faces(manifest: Manifest, detector: Detector) -> Iterator[Points]:
    """The points 5×2 of each crop with one face, about the centre of its box, in sizes of it.

    A crop is put on black ground of twice its size, so that a face which fills it is found whole.
    """
    for content in tqdm(iterate_image_bytes(manifest), total=len(manifest), desc="poses"):
        crop = decode_image(content)
        side = 2 * max(crop.size)
        canvas = Image.new("RGB", (side, side))
        canvas.paste(crop, ((side - crop.width) // 2, (side - crop.height) // 2))
        found = detector.detect(canvas)
        if len(found) == 1 and found[0].landmarks:
            yield _relative(found[0])


def _relative(face: Detection) -> Points:
    assert face.landmarks is not None
    places = np.asarray(face.landmarks.points) - face.box.center
    relative: Points = places / face.box.area**0.5
    return relative
