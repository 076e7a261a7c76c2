"""One retraining job as it is stored and shown."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Stage = Literal["waiting", "training", "exporting", "registering", "judging", "done"]
STATES: Final[tuple[State, ...]] = get_args(State)
ID_PATTERN: Final = r"^[0-9A-Za-z-]{1,64}$"
FINISHED: Final = frozenset({"succeeded", "failed", "cancelled"})


class Progress(BaseModel):
    """The last epoch that ended, of how many, and what the curves said then.

    ``training_until`` foretells the end of the training from how long its epochs took.
    """

    model_config = ConfigDict(frozen=True)

    epoch: int = 0
    epochs: int = 0
    figures: dict[str, float] = Field(default_factory=dict)
    training_until: str | None = None


class Epoch(BaseModel):
    """What the curves say of one epoch; None for what it did not measure, or is no number."""

    model_config = ConfigDict(frozen=True)

    epoch: int = Field(description="From 1.")
    train_loss: float | None = None
    train_accuracy: float | None = None
    calibration_loss: float | None = None
    calibration_accuracy: float | None = None
    calibration_auroc: float | None = None
    learning_rate: float | None = None
    seconds: float | None = None


class Job(BaseModel):
    """``version`` and ``decision`` are set once they are known; ``reason`` says why it failed."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=ID_PATTERN)
    key_id: str | None = None
    source: str
    recipe: str
    name: str
    promote: bool = True
    state: State = "queued"
    stage: Stage = "waiting"
    created: str
    started: str | None = None
    finished: str | None = None
    attempts: int = 0
    progress: Progress = Progress()
    version: str | None = None
    decision: dict[str, Any] | None = None
    reason: str | None = None

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    def with_changes(self, **changes: Any) -> Job:
        """A copy with changes."""
        return self.model_copy(update=changes)

    def ended(self, state: State, reason: str | None = None) -> Job:
        """Finished now."""
        return self.with_changes(state=state, reason=reason, finished=now(), stage="done")


def create_job(
    source: str,
    recipe: str,
    *,
    name: str = "retrained",
    promote: bool = True,
    key_id: str | None = None,
) -> Job:
    """A new job, which the API key asked for; identifiers sort by time."""
    identifier = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    return Job(
        id=identifier,
        key_id=key_id,
        source=source,
        recipe=recipe,
        name=name,
        promote=promote,
        created=now(),
    )


def now() -> str:
    """The time as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")
