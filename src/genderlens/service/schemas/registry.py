"""The shapes of requests and answers about versions and retraining jobs."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens.jobs.record import Epoch, Progress, Stage, State
from genderlens.service.schemas.problem import Problem

_VERSION = "retrained-20261121-0a1b2c3d"
_DECISION: dict[str, JsonValue] = {
    "id": f"20261121T120000000000-{_VERSION}",
    "time": "2026-11-21T12:00:00+00:00",
    "version": _VERSION,
    "production": "default-20261121-fa861026",
    "promoted": True,
    "forced": None,
    "figures": {},
    "gates": [
        {"gate": "accuracy", "value": 0.93, "limit": 0.915, "at_least": True, "passed": True}
    ],
    "validation": {"pictures": 750},
}


_EPOCH: dict[str, JsonValue] = {
    "epoch": 1,
    "train_loss": 0.52,
    "train_accuracy": 0.74,
    "calibration_loss": 0.41,
    "calibration_accuracy": 0.82,
    "calibration_auroc": 0.9,
    "learning_rate": 0.05,
    "seconds": 11.4,
}
_JOB: dict[str, JsonValue] = {
    "id": "20261121T120000000000-0a1b2c",
    "key_id": None,
    "source": "portraits",
    "recipe": "small-data",
    "promote": True,
    "state": "running",
    "stage": "training",
    "created": "2026-11-21T12:00:00+00:00",
    "started": "2026-11-21T12:00:01+00:00",
    "finished": None,
    "attempts": 1,
    "progress": {
        "epoch": 1,
        "epochs": 90,
        "figures": {"train_loss": 0.52},
        "training_until": "2026-11-21T12:17:00+00:00",
    },
    "version": None,
    "decision": None,
    "reason": None,
    "epochs": [_EPOCH],
    "gates": [],
    "log": ["epoch 1/90"],
}


class _Shape(BaseModel):
    model_config = ConfigDict(protected_namespaces=(), extra="forbid")


class PromotionRequest(_Shape):
    """A promotion; through the gates unless forced."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"force": True, "reason": "first model"}]}
    )

    force: bool = False
    reason: str | None = Field(None, max_length=500, description="Needed with `force`; stored.")


class DecisionAnswer(BaseModel):
    """A promotion that happened, with the figures that it was decided by."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DECISION]})

    id: str
    time: str
    version: str
    production: str | None = Field(description="What it was judged against.")
    promoted: bool
    forced: str | None
    figures: dict[str, Any]
    gates: list[dict[str, Any]]
    validation: dict[str, Any] | None


class PromotionProblem(Problem):
    """A problem document with the decision: which gate did not hold, and by how much."""

    decision: dict[str, Any] | None = None


class TrafficRequest(_Shape):
    """Weights by version or alias; they need no sum. None: production alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"weights": {"production": 90, "candidate": 10}}]},
    )

    weights: dict[str, float]


class RetrainRequest(_Shape):
    """What to train on; every field may be left out."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"source": "portraits", "promote": True}]}
    )

    source: str | None = Field(None, max_length=64, description="A name among RETRAIN_SOURCES.")
    recipe: str | None = Field(None, max_length=64, description="A shipped recipe.")
    promote: bool = Field(default=True, description="Promote the result where the gates hold.")


class JobAnswer(BaseModel):
    """One retraining job."""

    id: str
    key_id: str | None = Field(description="Of the API key that asked for it.")
    source: str
    recipe: str
    promote: bool
    state: State
    stage: Stage
    created: str
    started: str | None
    finished: str | None
    attempts: int
    progress: Progress
    version: str | None = Field(description="What it added to the registry.")
    decision: dict[str, Any] | None = Field(description="What the gates said.")
    reason: str | None = Field(description="Why it failed.")


class GateAnswer(BaseModel):
    """One gate of a promotion: what was measured, and the limit that it was held against."""

    gate: str
    value: float | None
    limit: float
    at_least: bool = Field(description="Whether the value may not lie below the limit, or above.")
    passed: bool


class JobDetail(JobAnswer):
    """One job with its epochs, what the gates said, and the end of its log."""

    model_config = ConfigDict(json_schema_extra={"examples": [_JOB]})

    epochs: list[Epoch] = Field(description="Every epoch that ended, oldest first.")
    gates: list[GateAnswer] = Field(description="Of its promotion; empty before it was judged.")
    log: list[str]


class JobsAnswer(BaseModel):
    """Every job, newest first."""

    jobs: list[JobAnswer]
    count: int
