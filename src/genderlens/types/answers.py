"""What is said of a face and of a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from genderlens.heads import Head
from genderlens.types.geometry import Box, Detection, Landmarks
from genderlens.types.words import Outcome


@dataclass(frozen=True, slots=True)
class HeadAnswer:
    """What one head says of one face.

    ``logits`` come before calibration (one of a binary head, else one for each label); ``shares``
    are the calibrated probabilities in the order of the head's labels and sum to 1.
    """

    head: Head
    outcome: Outcome
    logits: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def likelier(self) -> str:
        """The label of the highest probability, however unsure; of equal ones, the last."""
        last = len(self.shares) - 1
        return self.head.labels[last - self.shares[::-1].index(max(self.shares))]

    @property
    def prediction(self) -> str | None:
        """The likelier label, None where the answer is uncertain."""
        return self.likelier if self.outcome is Outcome.CLASSIFIED else None

    @property
    def label(self) -> str | None:
        """The same as ``prediction``, by the name that results have."""
        return self.prediction

    @property
    def confidence(self) -> float:
        """The probability of the likelier label."""
        return max(self.shares)

    @property
    def logit(self) -> float:
        """Log-odds of a binary head's positive label; ValueError for other heads."""
        (logit,) = self.logits
        return logit

    @property
    def positive_share(self) -> float:
        """The probability of a binary head's positive label; of others, of the last label."""
        return self.shares[-1]

    @property
    def probabilities(self) -> dict[str, float]:
        """By label, summing to 1; of a binary head the positive label first."""
        if self.head.is_binary:
            positive = round(self.shares[-1], 6)
            return {self.head.positive: positive, self.head.negative: round(1.0 - positive, 6)}
        rounded = (round(share, 6) for share in self.shares)
        return dict(zip(self.head.labels, rounded, strict=True))

    def cells(self) -> dict[str, float]:
        """The probability of each label, by column; see Head.share_columns."""
        rounded = (round(share, 6) for share in self.shares)
        return dict(zip(self.head.share_columns, rounded, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API gives it for an attribute."""
        return {
            "prediction": self.prediction,
            "confidence": round(self.confidence, 6),
            "probabilities": self.probabilities,
        }


@dataclass(frozen=True, slots=True)
class FaceResult:
    """The answer for one face, and what further heads say where they were asked.

    ``box`` is None where the whole picture was the face, and ``crop`` that picture where it leans.
    """

    answer: HeadAnswer
    box: Box | None
    detection_score: float | None
    landmarks: Landmarks | None = None
    attributes: tuple[HeadAnswer, ...] = ()
    crop: Detection | None = None

    @property
    def outcome(self) -> Outcome:
        """``classified`` or ``uncertain``."""
        return self.answer.outcome

    @property
    def prediction(self) -> str | None:
        """The label, None where the answer is uncertain."""
        return self.answer.prediction

    @property
    def confidence(self) -> float:
        """The probability of the likelier label."""
        return self.answer.confidence

    @property
    def probabilities(self) -> dict[str, float]:
        """Of every label, summing to 1."""
        return self.answer.probabilities

    @property
    def logit(self) -> float:
        """Log-odds of a binary answer's positive label before calibration; ValueError of others."""
        return self.answer.logit

    @property
    def detection(self) -> Detection | None:
        """Where the face is; None where the whole picture was it, and upright."""
        if self.box is None:
            return self.crop
        return Detection(self.box, self.detection_score or 0.0, self.landmarks)

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API gives it."""
        found = {
            "outcome": self.outcome.value,
            "prediction": self.prediction,
            "confidence": round(self.confidence, 6),
            "probabilities": self.probabilities,
            "box": self.box.to_list() if self.box else None,
            "detection_score": None
            if self.detection_score is None
            else round(self.detection_score, 6),
        }
        return found | _attributes(self.attributes)


def _attributes(answers: tuple[HeadAnswer, ...]) -> dict[str, Any]:
    """The key ``attributes`` where there are any."""
    if not answers:
        return {}
    return {"attributes": {answer.head.name: answer.to_dict() for answer in answers}}


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one picture.

    ``faces`` holds a result for each face that the policy let through: one under ``single``,
    ``largest`` and ``cropped``, any number under ``all``. ``prediction``, ``confidence``,
    ``probabilities`` and ``attributes`` repeat the first of them. ``error`` is set exactly where
    there is no face result; ``error_code`` is its stable name.
    """

    outcome: Outcome
    person_count: int
    model_version: str
    faces: tuple[FaceResult, ...] = ()
    error: str | None = None
    error_code: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def prediction(self) -> str | None:
        return self.faces[0].prediction if self.faces else None

    @property
    def confidence(self) -> float:
        return self.faces[0].confidence if self.faces else 0.0

    @property
    def probabilities(self) -> dict[str, float] | None:
        return self.faces[0].probabilities if self.faces else None

    @property
    def attributes(self) -> tuple[HeadAnswer, ...]:
        return self.faces[0].attributes if self.faces else ()

    def to_dict(self) -> dict[str, Any]:
        found = {
            "prediction": self.prediction,
            "confidence": round(self.confidence, 6),
            "person_count": self.person_count,
            "probabilities": self.probabilities,
            "error": self.error,
            "outcome": self.outcome.value,
            "faces": [face.to_dict() for face in self.faces],
            "model_version": self.model_version,
        }
        return found | _attributes(self.attributes)
