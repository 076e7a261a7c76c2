"""The shapes of failures, and which of them a route documents."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from genderlens.service.schemas.predict import PredictionAnswer

_MANY = "Multiple people detected (3 people). Please use single-person images."


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


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route."""
    meanings = {
        400: "Malformed request: `malformed_request`, `missing_file`, `invalid_base64`.",
        401: "No API key, or one that opens nothing: `invalid_key`.",
        403: "Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, "
        "`forwarded`.",
        404: "No such thing: `not_found`, `version_not_found`, `job_not_found`.",
        408: "The body was too slow: `request_timeout`.",
        409: "Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, "
        "`label_conflict`, `not_explainable`.",
        413: "Too large: `body_too_large`, `too_many_pixels`, `too_many_files`.",
        415: "Not a picture that is taken: `unsupported_format`, `unsupported_media_type`.",
        422: "Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, "
        "`invalid_parameter`, `unknown_attribute`, `picture_mismatch`.",
        429: "Too often: `rate_limited`; see Retry-After.",
        500: "A failure of ours: `detector_failed`, `internal_error`.",
        503: "Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; "
        "see Retry-After.",
        507: "The sample pool is full: `pool_full`.",
    }
    return {
        status: {
            "model": Refusal | Problem if status == 422 else Problem,
            "description": meanings[status],
        }
        for status in statuses
    }
