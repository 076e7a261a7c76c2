"""Rows for the tests of the history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from genderlens.history.identifiers import create_id
from genderlens.history.predictions import prediction_row
from genderlens.types import Outcome, Prediction
from made_answers import face_result


def answer(outcome: Outcome = Outcome.CLASSIFIED, version: str = "v1") -> Prediction:
    face = face_result(0.9, outcome)
    return Prediction(outcome, 1, version, (face,))


def row(at: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """A row as the service would write it at that time."""
    moment = at or datetime.now(UTC)
    made = prediction_row(
        create_id(int(moment.timestamp() * 1000)),
        answer(),
        sha256="a" * 64,
        size_bytes=1234,
        key_id=None,
        created_at=moment,
        latency_ms=12.3456,
    )
    return made | changes
