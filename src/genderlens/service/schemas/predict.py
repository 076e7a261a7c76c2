"""The shapes of pictures that come in JSON, and of the answers for pictures."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens.types import Label, Outcome

_FACE: dict[str, JsonValue] = {
    "outcome": "classified",
    "prediction": "male",
    "confidence": 0.892,
    "probabilities": {"male": 0.892, "female": 0.108},
    "box": [61.0, 40.5, 130.2, 134.9],
    "detection_score": 0.91,
}
_PREDICTION: dict[str, JsonValue] = {
    "prediction": "male",
    "confidence": 0.892,
    "person_count": 1,
    "probabilities": {"male": 0.892, "female": 0.108},
    "error": None,
    "outcome": "classified",
    "faces": [_FACE],
    "model_version": "default-20261121-0a1b2c3d",
    "id": "019ab1c2-7d3e-7f00-8a1b-2c3d4e5f6071",
}
_ITEM: dict[str, JsonValue] = {"filename": "me.jpg", **_PREDICTION, "error_code": None}
_BATCH: dict[str, JsonValue] = {"results": [_ITEM], "count": 1}


class Probabilities(BaseModel):
    """Calibrated; they sum to 1."""

    male: float
    female: float


class FaceAnswer(BaseModel):
    """The answer for one face."""

    outcome: Outcome
    prediction: Label | None = Field(description="Null where the outcome is `uncertain`.")
    confidence: float = Field(description="Probability of the likelier label.")
    probabilities: Probabilities
    box: list[float] | None = Field(
        description="Left, top, right, bottom in pixels of the upright picture; null if `cropped`."
    )
    detection_score: float | None


class PredictionAnswer(BaseModel):
    """The answer for one picture."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PREDICTION]})

    prediction: Label | None
    confidence: float
    person_count: int
    probabilities: Probabilities | None
    error: str | None
    outcome: Outcome
    faces: list[FaceAnswer]
    model_version: str = Field(description="Of an ensemble, every member's, joined by `+`.")
    id: str | None = Field(
        None, description="Where the history keeps this answer; absent where it does not."
    )


class BatchItem(PredictionAnswer):
    """The answer for one file of a batch; refused and unreadable files stand among the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    filename: str
    error_code: str | None


class BatchAnswer(BaseModel):
    """One result per file, in the order sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BATCH]})

    results: list[BatchItem]
    count: int


class ImageRequest(BaseModel):
    """A picture in JSON."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"image": "/9j/4AAQSkZJRgABAQ…"}]})

    image: str = Field(
        description="Standard base64, bare or as a `data:image/…;base64,` URI, wrapped or not."
    )


class ImagesRequest(BaseModel):
    """Several pictures in JSON."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"images": ["/9j/4AAQSkZJRgABAQ…"]}]})

    images: list[str] = Field(description="Each as the `image` of one picture.")
