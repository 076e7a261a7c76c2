"""What every layer shares: words, boxes and answers."""

from genderlens.types.answers import FaceResult, HeadAnswer, Prediction
from genderlens.types.estimate import UNDEFINED, Estimate, json_number
from genderlens.types.geometry import Box, Detection, Landmarks, Point
from genderlens.types.words import (
    DEVICES,
    FACE_POLICIES,
    TTA,
    Device,
    FacePolicy,
    Outcome,
    Precision,
    Scope,
    Tta,
)

__all__ = [
    "DEVICES",
    "FACE_POLICIES",
    "TTA",
    "UNDEFINED",
    "Box",
    "Detection",
    "Device",
    "Estimate",
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
    "json_number",
]
