from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from genderlens.history.database import Database
from genderlens.history.live import Live, measure_live
from genderlens.history.predictions import insert_predictions
from genderlens.history.samples import write_feedback
from genderlens.history.tables import now
from history.rows import row


def record(database: Database, version: str, days: int = 0, **fields: Any) -> str:
    """An answer of today, or of so many days ago."""
    made = row(now() - timedelta(days=days), model_version=version, **fields)
    insert_predictions(database, [made])
    return str(made["id"])


def test_versions_apart_and_old_answers_left_out(database: Database) -> None:
    for index in range(100):
        record(database, "a-1", latency_ms=float(index), confidence=0.75)
    record(database, "a-1", 8, outcome="unreadable", confidence=0.0)
    record(database, "b-1", outcome="many_people", prediction=None, latency_ms=1.0)
    found = measure_live(database, ["a-1", "b-1", "c-1"], now() - timedelta(days=7))
    assert found["a-1"] == Live({"classified": 100}, 0.75, 50.0, 95.0)
    assert found["b-1"] == Live({"many_people": 1}, None, 1.0, 1.0)
    assert found["c-1"] == Live()
    older = measure_live(database, ["a-1"], now() - timedelta(days=9))["a-1"]
    assert older.outcomes == {"classified": 100, "unreadable": 1}
    assert older.mean_confidence == pytest.approx(0.75)


def test_corrections_are_counted_by_what_was_said(database: Database) -> None:
    pairs = [("male", "male"), ("male", "female"), ("female", "female"), (None, "male")]
    for said, meant in pairs:
        identity = record(database, "a-1", prediction=said)
        assert write_feedback(database, identity, meant, None)  # type: ignore[arg-type]
    found = measure_live(database, ["a-1"], now() - timedelta(days=1))["a-1"]
    assert (found.right, found.wrong, found.undecided) == (2, 1, 1)
