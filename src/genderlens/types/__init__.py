"""What every layer shares: words, boxes and answers."""

from genderlens.types.answers import FaceResult, HeadAnswer, Prediction
from genderlens.types.geometry import Box, Detection, Landmarks, Point
from genderlens.types.words import (
    FACE_POLICIES,
    TTA,
    FacePolicy,
    Outcome,
    Precision,
    Scope,
    Tta,
)

__all__ = [
    "FACE_POLICIES",
    "TTA",
    "Box",
    "Detection",
    "FacePolicy",
    "FaceResult",
    "HeadAnswer",
    "Landmarks",
    "Outcome",
    "Point",
    "Precision",
    "Prediction",
    "Scope",
    "Tta",
]
