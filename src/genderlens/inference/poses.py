"""How faces are turned, in words: groups of an evaluation that no label tells."""

from __future__ import annotations

from typing import Final

from genderlens.detection.detectors import find_detector
from genderlens.detection.pose import read_pose
from genderlens.types import FaceResult, Prediction

POSES: Final = ("yaw", "roll")
"""Columns that landmarks tell of a face."""
_YAWS: Final = ((0.1, "frontal"), (0.2, "slightly turned"), (0.35, "half turned"))
"""How far the nose lies beside the middle at most, in heights from eyes to mouth."""
_FURTHEST: Final = "profile"
_ROLLS: Final = ((8.0, "upright"), (20.0, "leaning"), (45.0, "tilted"))
"""Degrees to either side."""
_LYING: Final = "lying"


def pose_rows(answer: Prediction) -> list[dict[str, str | None]]:
    """The poses of each row that an answer is in a predictions table; None where nothing tells."""
    return [_describe(face) for face in answer.faces] or [dict.fromkeys(POSES)]


def _describe(face: FaceResult) -> dict[str, str | None]:
    landmarks = face.detection.landmarks if face.detection else None
    if landmarks is None:
        return dict.fromkeys(POSES)
    pose = read_pose(landmarks.points, find_detector().looks.pose)
    return {
        "yaw": _word(abs(pose.yaw), _YAWS, _FURTHEST),
        "roll": _word(abs(pose.roll), _ROLLS, _LYING),
    }


def _word(value: float, bounds: tuple[tuple[float, str], ...], last: str) -> str:
    return next((word for most, word in bounds if value < most), last)
