"""The answers of a session as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Final

from genderlens.csv_safety import plain_cell
from genderlens.ui.answers import Answer

COLUMNS: Final = (
    "name",
    "outcome",
    "prediction",
    "confidence",
    "probability_male",
    "person_count",
    "model_version",
    "error",
)


def to_csv(answers: Sequence[Answer]) -> bytes:
    """A row per picture; no cell begins what a spreadsheet would compute."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        row = _row(answer)
        writer.writerow(plain_cell(row[column]) for column in COLUMNS)
    return stream.getvalue().encode("utf-8")


def to_json(answers: Sequence[Answer]) -> bytes:
    """What the service said about each picture."""
    items = [{"name": answer.picture.name, "answer": answer.document} for answer in answers]
    return (json.dumps(items, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _row(answer: Answer) -> dict[str, Any]:
    probabilities = answer.document.get("probabilities") or {}
    return {
        **{column: answer.document.get(column) for column in COLUMNS},
        "name": answer.picture.name,
        "outcome": answer.outcome,
        "confidence": answer.document.get("confidence") if answer.faces else None,
        "probability_male": probabilities.get("male"),
        "error": answer.failure.message if answer.failure else None,
    }
