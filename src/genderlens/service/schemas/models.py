"""The shapes of answers about model versions: what they measured, and how they do in service."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genderlens.service.schemas import compatibility
from genderlens.service.schemas.heads import HeadAnswer
from genderlens.types import Estimate

_SHARE: dict[str, JsonValue] = {"value": 0.9208, "low": 0.9095, "high": 0.9307, "count": 2499}
_WORST: dict[str, JsonValue] = {
    "attribute": "race",
    "group": "Black",
    "accuracy": {"value": 0.8788, "low": 0.8408, "high": 0.9087, "count": 355},
}
_EVALUATION: dict[str, JsonValue] = {
    "data": "FairFace, split val",
    "faces": "cropped",
    "accuracy": _SHARE,
    "abstained": {"value": 0.0292, "low": 0.0233, "high": 0.0366, "count": 2499},
    "ece": 0.0128,
    "metrics": {"auroc": 0.9803, "brier": 0.0552, "ece": 0.0128},
    "worst_group": _WORST,
    "groups": [_WORST],
}
_VERSION: dict[str, JsonValue] = {
    "version": "default-20261121-439ee292",
    "aliases": ["production"],
    "created": "2026-11-21T11:18:36+00:00",
    "architecture": "compact_resnet",
    "parameters": 2805889,
    "licence": "CC BY 4.0",
    "heads": [compatibility.HEAD],
    "trained_on": "FairFace",
    "precision": "int8",
    "size_bytes": 14_800_000,
    "registered": True,
    "loaded": True,
    "weight": None,
    "share": 1.0,
    "accuracy": 0.9208,
    "evaluation": _EVALUATION,
}
_LIVE: dict[str, JsonValue] = {
    "pictures": 200,
    "outcomes": {"classified": 180, "uncertain": 8, "no_person": 12},
    "uncertain": {"value": 0.04, "low": 0.0204, "high": 0.0769, "count": 200},
    "refused": {"value": 0.06, "low": 0.0346, "high": 0.1019, "count": 200},
    "mean_confidence": 0.941,
    "latency_p50_ms": 14.2,
    "latency_p95_ms": 31.0,
    "right": {"value": 0.8, "low": 0.3755, "high": 0.9638, "count": 5},
    "corrections": {"right": 4, "wrong": 1, "undecided": 1},
}


class _Shape(BaseModel):
    model_config = ConfigDict(protected_namespaces=(), extra="forbid")


class GroupAnswer(_Shape):
    """One group of the pictures that a version was judged on."""

    attribute: str
    group: str
    accuracy: Estimate


class EvaluationAnswer(_Shape):
    """What the bundle says was measured, on pictures that its training never saw."""

    data: str
    faces: str
    accuracy: Estimate = Field(description="Uncertain answers counted by their likelier label.")
    abstained: Estimate
    ece: float | None = Field(description="Expected calibration error.")
    metrics: dict[str, float]
    worst_group: GroupAnswer | None = Field(
        description="The group of least accuracy, among those the bundle lists."
    )
    groups: list[GroupAnswer]


class ModelVersion(_Shape):
    """One version of the registry, or one that answers without being in it."""

    model_config = ConfigDict(
        protected_namespaces=(), extra="forbid", json_schema_extra={"examples": [_VERSION]}
    )

    version: str
    aliases: list[str]
    created: str
    architecture: str
    parameters: int
    licence: str
    heads: list[HeadAnswer] = Field(description="What it answers; the first is *the* answer.")
    trained_on: str
    precision: Literal["fp32", "int8"] = Field(description="Of the graph that answers by default.")
    size_bytes: int
    registered: bool = Field(description="Whether it is a version of the registry.")
    loaded: bool
    weight: float | None = Field(description="Of the split of the traffic; null outside of it.")
    share: float | None = Field(description="Share of the traffic, 0 to 1; null if not loaded.")
    accuracy: float | None = Field(description="As its bundle says, on the data named there.")
    evaluation: EvaluationAnswer | None


class ModelsAnswer(_Shape):
    """What answers, and what there is."""

    serving: str | None = Field(description="The version that answers unless the traffic is split.")
    follows_registry: bool = Field(description="Whether promotions change what this service uses.")
    reload_error: str | None = Field(
        description="Why the newest change of the registry is not in service."
    )
    state_error: str | None = Field(
        description="Why the last good copy of the aliases stands in for those that are stored."
    )
    broken: dict[str, str] = Field(
        description="Versions that cannot be loaded as they lie in the registry, and why."
    )
    production: str | None
    candidate: str | None
    previous: str | None
    traffic: dict[str, float]
    models: list[ModelVersion]
    stale: bool = Field(
        default=False,
        description="Whether the registry does not answer and this is what was known of it last.",
    )


class CorrectionsAnswer(_Shape):
    """Labels beside the corrections that people sent; `undecided` had got no label."""

    right: int
    wrong: int
    undecided: int


class LiveAnswer(_Shape):
    """How one version did in service. Who corrects an answer is no random sample of who asks."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_LIVE]})

    pictures: int
    outcomes: dict[str, int]
    uncertain: Estimate = Field(description="Of all pictures.")
    refused: Estimate = Field(description="Nobody, several people, or unreadable; of all.")
    mean_confidence: float | None = Field(description="Of pictures with a face.")
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    right: Estimate = Field(description="Of the corrected answers that had a label.")
    corrections: CorrectionsAnswer


class ComparedVersion(_Shape):
    """One side of a comparison."""

    version: str
    share: float | None = Field(description="Share of the traffic now; null if not loaded.")
    live: LiveAnswer | None = Field(description="Null where no history is kept.")


class ComparisonAnswer(_Shape):
    """Versions side by side, as the history knows them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "history": "on",
                    "since": "2026-11-14T12:00:00Z",
                    "versions": [
                        {"version": "default-20261121-439ee292", "share": 1.0, "live": _LIVE}
                    ],
                }
            ]
        },
    )

    history: Literal["on", "off"] = Field(description="`off`: there are no live figures.")
    since: datetime
    versions: list[ComparedVersion]
