"""The answers of a session as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from genderlens.csv_safety import plain_cell
from genderlens.heads import column_word
from genderlens.ui.answers import Answer

_FIRST: Final = ("name", "outcome", "prediction", "confidence")
_LAST: Final = ("person_count", "model_version", "error")


def to_csv(answers: Sequence[Answer]) -> bytes:
    """A row per picture; no cell begins what a spreadsheet would compute.

    Of two labels the first one's probability is a column, of more each one's, and further heads
    have theirs.
    """
    rows = [_row(answer) for answer in answers]
    between = dict.fromkeys(name for row in rows for name in row if name not in {*_FIRST, *_LAST})
    columns = (*_FIRST, *between, *_LAST)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(plain_cell(row.get(column)) for column in columns)
    return stream.getvalue().encode("utf-8")


def to_json(answers: Sequence[Answer]) -> bytes:
    """What the service said about each picture."""
    items = [{"name": answer.picture.name, "answer": answer.document} for answer in answers]
    return (json.dumps(items, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _row(answer: Answer) -> dict[str, Any]:
    return {
        **{column: answer.document.get(column) for column in (*_FIRST, *_LAST)},
        "name": answer.picture.name,
        "outcome": answer.outcome,
        "confidence": answer.document.get("confidence") if answer.faces else None,
        **_shares(answer.document.get("probabilities") or {}),
        **_attributes(answer.document.get("attributes") or {}),
        "error": answer.failure.message if answer.failure else None,
    }


def _shares(probabilities: Mapping[str, float]) -> dict[str, float]:
    told = list(probabilities.items())
    return {
        f"probability_{column_word(label)}": share
        for label, share in (told[:1] if len(told) == 2 else told)
    }


def _attributes(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    words = {name: one["prediction"] for name, one in told.items()}
    return words | {f"{name}_confidence": one["confidence"] for name, one in told.items()}
