"""The shapes of what is remembered: answers, corrections, samples."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from genderlens.service.schemas import compatibility
from genderlens.service.schemas.predict import FaceAnswer
from genderlens.types import Outcome


class Remembered(BaseModel):
    """An answer that was given before; the picture itself was not kept."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    created_at: datetime
    key_id: str | None = Field(description="Of the API key that asked; null where none was needed.")
    sha256: str = Field(description="Of the file that was sent.")
    size_bytes: int
    outcome: Outcome
    prediction: str | None
    confidence: float
    person_count: int
    error_code: str | None
    faces: list[FaceAnswer]
    model_version: str
    latency_ms: float = Field(description="From when the picture was there to its answer.")
    feedback: str | None = Field(description="The label of the last correction.")


class HistoryPage(BaseModel):
    """Some answers, newest first."""

    predictions: list[Remembered]
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")
    total: int | None = Field(
        description="All that the filters let through, on every page, counted up to 100,000; "
        "null unless `total=true` asks for it."
    )


class Purged(BaseModel):
    """How many answers were forgotten, or pictures removed."""

    deleted: int


class Correction(BaseModel):
    """A correction that was kept."""

    id: str
    label: str
    sample: str | None = Field(description="Hash of the pixels in the sample pool, if any.")


class SampleCounts(BaseModel):
    """What the sample pool holds."""

    model_config = ConfigDict(json_schema_extra={"examples": [compatibility.SAMPLES]})

    count: int
    labels: dict[str, int] = Field(
        description="Pictures by label: those of the model that answers, and what else is there."
    )
    limit: int = Field(description="Most pictures that the pool takes.")


class SampleAnswer(BaseModel):
    """A picture of the sample pool."""

    sha256: str = Field(description="Of its pixels, once decoded.")
    label: str
    new: bool
