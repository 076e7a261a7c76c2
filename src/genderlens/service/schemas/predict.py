"""The shapes of pictures that come in JSON, and of the answers for pictures."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from genderlens.service.schemas import compatibility
from genderlens.types import Outcome

_ATTRIBUTES: Final = "Further heads, where asked for; absent else."


class AttributeAnswer(BaseModel):
    """What a further head says of one face."""

    prediction: str | None = Field(description="Null where it is too unsure.")
    confidence: float = Field(description="Probability of the likelier label.")
    probabilities: dict[str, float] = Field(description="Calibrated, by label; they sum to 1.")


class FaceAnswer(BaseModel):
    """The answer for one face."""

    outcome: Outcome
    prediction: str | None = Field(
        description="A label of the model's first head; null where the outcome is `uncertain`."
    )
    confidence: float = Field(description="Probability of the likelier label.")
    probabilities: dict[str, float] = Field(description="Calibrated, by label; they sum to 1.")
    box: list[float] | None = Field(
        description="Left, top, right, bottom in pixels of the upright picture; null if `cropped`."
    )
    detection_score: float | None
    attributes: dict[str, AttributeAnswer] | None = Field(None, description=_ATTRIBUTES)


class PredictionAnswer(BaseModel):
    """The answer for one picture."""

    model_config = ConfigDict(json_schema_extra={"examples": [compatibility.PREDICTION]})

    prediction: str | None
    confidence: float
    person_count: int
    probabilities: dict[str, float] | None
    error: str | None
    outcome: Outcome
    faces: list[FaceAnswer]
    model_version: str = Field(description="Of an ensemble, every member's, joined by `+`.")
    attributes: dict[str, AttributeAnswer] | None = Field(
        None, description=f"{_ATTRIBUTES} Of the first face."
    )
    id: str | None = Field(
        None, description="Where the history keeps this answer; absent where it does not."
    )


class BatchItem(PredictionAnswer):
    """The answer for one file of a batch; refused and unreadable files stand among the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [compatibility.ITEM]})

    filename: str
    error_code: str | None


class BatchAnswer(BaseModel):
    """One result per file, in the order sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [compatibility.BATCH]})

    results: list[BatchItem]
    count: int


class ImageRequest(BaseModel):
    """A picture in JSON."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"image": "/9j/4AAQSkZJRgABAQ…"}]})

    image: str = Field(
        description="Standard base64, bare or as a `data:image/…;base64,` URI, wrapped or not."
    )
    attributes: list[str] | None = Field(
        None, description="Further heads of the model to answer, by name."
    )


class ImagesRequest(BaseModel):
    """Several pictures in JSON."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"images": ["/9j/4AAQSkZJRgABAQ…"]}]})

    images: list[str] = Field(description="Each as the `image` of one picture.")
    attributes: list[str] | None = Field(
        None, description="Further heads of the model to answer, by name."
    )
