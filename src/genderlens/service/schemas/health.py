"""The shapes of what a service says of itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens._version import __version__
from genderlens.service.schemas.problem import Problem

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


class GraphHealth(BaseModel):
    """Which graph of a bundle answers on this machine, and why."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str
    precision: Literal["fp32", "int8"]
    golden: Literal["passed", "none"] = Field(
        description="`passed`: it gave the logits that its bundle states for a few golden inputs. "
        "`none`: the bundle is of before there were any, so nothing was checked."
    )
    device: str | None = Field(
        None,
        exclude_if=lambda device: device is None,
        description="What it runs on, `cuda`, `openvino` and the like; absent: the CPU.",
    )
    fallback: str | None = Field(
        description="Why FP32 answers in place of INT8, or the CPU in place of the device that "
        "was asked for; null where the wanted graph answers where it should."
    )


class Health(BaseModel):
    """What a load balancer and clients of the reference systems read."""

    model_config = ConfigDict(protected_namespaces=())

    status: Literal["healthy", "degraded"] = Field(
        description="`degraded`: pictures are answered, but something beside them does not work, "
        "or another graph answers than should, or elsewhere."
    )
    history: Literal["off", "healthy", "degraded"]
    rate_limits: Literal["healthy", "degraded"]
    jobs: Literal["off", "healthy", "degraded"] = Field(
        description="The queue of retrainings, as it was when it was last asked; `off` before."
    )
    model_loaded: bool
    processor_loaded: bool
    detector_loaded: bool
    version: str
    model_version: str | None
    abstain_below: float = Field(
        ge=0.0, le=1.0, description="Answers of a lower confidence are `uncertain`."
    )
    graphs: list[GraphHealth]


class NotReady(Problem):
    """A problem document with the fields of a health answer."""

    model_config = ConfigDict(protected_namespaces=(), json_schema_extra={"examples": [_NOT_READY]})

    model_loaded: bool
    processor_loaded: bool
    detector_loaded: bool
    version: str
    model_version: str | None
