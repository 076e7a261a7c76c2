"""The shapes of what a service says of itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens._version import __version__
from genderlens.service.problem_schemas import Problem

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
