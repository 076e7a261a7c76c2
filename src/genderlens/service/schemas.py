"""The shapes of requests and answers, with the examples that the documentation shows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens._version import __version__
from genderlens.types import Label, Outcome

_MANY = "Multiple people detected (3 people). Please use single-person images."
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
_NOT_READY: dict[str, JsonValue] = {
    "type": "urn:genderlens:problem:not_ready",
    "title": "Not ready",
    "status": 503,
    "detail": "the model is being loaded; try again in a moment",
    "code": "not_ready",
    "model_loaded": False,
    "processor_loaded": False,
    "detector_loaded": False,
    "version": __version__,
    "model_version": None,
}


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

    image: str = Field(description="Standard base64, bare or as a `data:image/…;base64,` URI.")


class Problem(BaseModel):
    """RFC 9457 problem document; `code` is stable.

    That of an unreadable picture also has the fields of a prediction.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:genderlens:problem:body_too_large",
                    "title": "Body too large",
                    "status": 413,
                    "detail": "the body has 30000000 bytes, the limit is 20,000,000; "
                    "send a smaller picture",
                    "code": "body_too_large",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = Field(
        None, description="What the log of the service calls the request; X-Request-ID says it too."
    )


class Refusal(Problem, PredictionAnswer):
    """A problem document with the fields of a prediction: nobody, or several people, in view."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:genderlens:problem:many_people",
                    "title": "Many people",
                    "status": 422,
                    "detail": _MANY,
                    "code": "many_people",
                    "prediction": None,
                    "confidence": 0.0,
                    "person_count": 3,
                    "probabilities": None,
                    "error": _MANY,
                    "outcome": "many_people",
                    "faces": [],
                    "model_version": "default-20261121-0a1b2c3d",
                }
            ]
        }
    )


class Welcome(BaseModel):
    """What answers at the root."""

    message: str
    status: Literal["ok", "starting", "failed"]
    version: str
    model: str | None


class Health(BaseModel):
    """What a load balancer and clients of the reference systems read."""

    model_config = ConfigDict(protected_namespaces=())

    status: Literal["healthy", "degraded"] = Field(
        description="`degraded`: pictures are answered, but something beside them does not work."
    )
    history: Literal["off", "healthy", "degraded"]
    rate_limits: Literal["healthy", "degraded"]
    model_loaded: bool
    processor_loaded: bool
    detector_loaded: bool
    version: str
    model_version: str | None
    abstain_below: float = Field(
        ge=0.0, le=1.0, description="Answers of a lower confidence are `uncertain`."
    )


class NotReady(Problem):
    """A problem document with the fields of a health answer."""

    model_config = ConfigDict(protected_namespaces=(), json_schema_extra={"examples": [_NOT_READY]})

    model_loaded: bool
    processor_loaded: bool
    detector_loaded: bool
    version: str
    model_version: str | None


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route."""
    meanings = {
        400: "Malformed request: `malformed_request`, `missing_file`, `invalid_base64`.",
        401: "No API key, or one that opens nothing: `invalid_key`.",
        403: "Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`.",
        404: "No such thing: `not_found`, `version_not_found`, `job_not_found`.",
        408: "The body was too slow: `request_timeout`.",
        409: "Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, "
        "`label_conflict`, `not_explainable`.",
        413: "Too large: `body_too_large`, `too_many_pixels`, `too_many_files`.",
        415: "Not a picture that is taken: `unsupported_format`, `unsupported_media_type`.",
        422: "Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, "
        "`invalid_parameter`, `picture_mismatch`.",
        429: "Too often: `rate_limited`; see Retry-After.",
        500: "A failure of ours: `detector_failed`, `internal_error`.",
        503: "Not now: `not_ready`, `overloaded`, `database_unavailable`; see Retry-After.",
        507: "The sample pool is full: `pool_full`.",
    }
    return {
        status: {
            "model": Refusal | Problem if status == 422 else Problem,
            "description": meanings[status],
        }
        for status in statuses
    }
