"""The words that every layer shares: labels, outcomes, boxes and predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Literal

Label = Literal["female", "male"]
LABELS: Final[tuple[Label, ...]] = ("female", "male")
"""Alphabetical; the logit of every model is the log-odds of the last one, ``male``."""

FacePolicy = Literal["single", "largest", "all", "cropped"]
FACE_POLICIES: Final[tuple[FacePolicy, ...]] = ("single", "largest", "all", "cropped")

Tta = Literal["off", "flip", "crops"]
TTA: Final[tuple[Tta, ...]] = ("off", "flip", "crops")
"""Test-time augmentation: one view, its mirror image too, or both at several crops."""

Precision = Literal["auto", "fp32", "int8"]
"""The graph of a bundle that answers: as the bundle says, in float, or quantised."""

Device = Literal["auto", "cpu", "cuda", "openvino", "coreml", "directml"]
DEVICES: Final[tuple[Device, ...]] = ("auto", "cpu", "cuda", "openvino", "coreml", "directml")
"""What graphs run on; ``auto`` chooses among those that give the answers of the CPU."""


class Scope(StrEnum):
    """What an API key opens."""

    PREDICT = "predict"
    """Pictures, history and corrections."""
    TRAIN = "train"
    """Samples and jobs."""
    METRICS = "metrics"
    """The figures about the traffic, and nothing else."""
    ADMIN = "admin"
    """All that, of everybody, and the models."""


class Outcome(StrEnum):
    """What became of one picture."""

    CLASSIFIED = "classified"
    UNCERTAIN = "uncertain"
    NO_PERSON = "no_person"
    MANY_PEOPLE = "many_people"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in pixels of the upright picture, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels; 0 where right lies left of left."""
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        """In pixels; 0 where the bottom lies above the top."""
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        """In square pixels."""
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """Across and down, in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def clipped(self, width: float, height: float) -> Box:
        """What of it lies in a picture of that size."""
        left, right = (min(max(x, 0.0), width) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0.0), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def overlap(self, other: Box) -> float:
        """Intersection over union; 0 where either is empty."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(0.0, width) * max(0.0, height)
        return common / (self.area + other.area - common) if common else 0.0

    def to_list(self) -> list[float]:
        """Left, top, right and bottom, to hundredths of a pixel."""
        return [round(value, 2) for value in (self.left, self.top, self.right, self.bottom)]


Point = tuple[float, float]
"""Across and down, in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points of a face, as seen: left eye, right eye, nose, left and right end of the mouth.

    ``trust`` in 0..1 says how far they tell where the face is upright; ``roll`` is by how many
    degrees it leans clockwise (-180..180), 0 where that is too little or too unsure to tell.
    """

    points: tuple[Point, ...]
    trust: float
    roll: float

    def scaled(self, across: float, down: float) -> Landmarks:
        """The same in pixels so many times smaller."""
        return replace(self, points=tuple((x * across, y * down) for x, y in self.points))


@dataclass(frozen=True, slots=True)
class Detection:
    """One face or person that a detector found: where, and how sure (score in 0..1).

    ``seen_px`` is the root of the box's area in the pixels that were looked at, where that was so
    coarse that a closer look may tell more; infinite elsewhere.
    """

    box: Box
    score: float
    landmarks: Landmarks | None = None
    seen_px: float = math.inf

    @property
    def roll(self) -> float:
        """Degrees clockwise by which the face leans, 0 where nothing tells."""
        return self.landmarks.roll if self.landmarks else 0.0

    def scaled(self, across: float, down: float) -> Detection:
        """The same in pixels so many times smaller."""
        if across == down == 1.0:
            return self
        box = self.box
        corners = (box.left * across, box.top * down, box.right * across, box.bottom * down)
        landmarks = self.landmarks and self.landmarks.scaled(across, down)
        return replace(self, box=Box(*corners), landmarks=landmarks)


@dataclass(frozen=True, slots=True)
class FaceResult:
    """The answer for one face. ``box`` is None where the whole picture was the face."""

    outcome: Outcome
    prediction: Label | None
    confidence: float
    logit: float
    probability_male: float
    box: Box | None
    detection_score: float | None
    landmarks: Landmarks | None = None

    @property
    def detection(self) -> Detection | None:
        """Where the face is; None where the whole picture was it."""
        if self.box is None:
            return None
        return Detection(self.box, self.detection_score or 0.0, self.landmarks)

    @property
    def probabilities(self) -> dict[str, float]:
        """Of both labels, summing to 1."""
        male = round(self.probability_male, 6)
        return {"male": male, "female": round(1.0 - male, 6)}

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API gives it."""
        return {
            "outcome": self.outcome.value,
            "prediction": self.prediction,
            "confidence": round(self.confidence, 6),
            "probabilities": self.probabilities,
            "box": self.box.to_list() if self.box else None,
            "detection_score": None
            if self.detection_score is None
            else round(self.detection_score, 6),
        }


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one picture.

    ``faces`` holds a result for each face that the policy let through: one under ``single``,
    ``largest`` and ``cropped``, any number under ``all``. ``prediction``, ``confidence`` and
    ``probabilities`` repeat the first of them. ``error`` is set exactly where there is no face
    result; ``error_code`` is its stable name.
    """

    outcome: Outcome
    person_count: int
    model_version: str
    faces: tuple[FaceResult, ...] = ()
    error: str | None = None
    error_code: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def prediction(self) -> Label | None:
        return self.faces[0].prediction if self.faces else None

    @property
    def confidence(self) -> float:
        return self.faces[0].confidence if self.faces else 0.0

    @property
    def probabilities(self) -> dict[str, float] | None:
        return self.faces[0].probabilities if self.faces else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "prediction": self.prediction,
            "confidence": round(self.confidence, 6),
            "person_count": self.person_count,
            "probabilities": self.probabilities,
            "error": self.error,
            "outcome": self.outcome.value,
            "faces": [face.to_dict() for face in self.faces],
            "model_version": self.model_version,
        }
