"""The history as a spreadsheet, page by page, with no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final

from genderlens.csv_safety import plain_text

COLUMNS: Final = (
    "id",
    "created_at",
    "key_id",
    "sha256",
    "size_bytes",
    "outcome",
    "prediction",
    "confidence",
    "person_count",
    "error_code",
    "model_version",
    "latency_ms",
    "feedback",
)
PAGE_ROWS: Final = 1000

Page = Callable[[str | None, int], Awaitable[list[dict[str, Any]]]]
"""(rows older than this identifier, at most so many) → rows, newest first."""


async def csv_pages(fetch: Page, first: list[dict[str, Any]]) -> AsyncIterator[str]:
    """Lines of all rows, a page at a time, beginning with one that was fetched already."""
    yield _lines([COLUMNS])
    page = first
    while page:
        yield _lines([safe_cell(row[name]) for name in COLUMNS] for row in page)
        page = await fetch(page[-1]["id"], PAGE_ROWS) if len(page) == PAGE_ROWS else []


def safe_cell(value: Any) -> str:
    """Text for a cell; what begins like a formula, and is no number, gets an apostrophe first."""
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if isinstance(value, int | float) else plain_text(text)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()
