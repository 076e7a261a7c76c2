from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from genderlens.service import history_csv
from genderlens.service.history_csv import COLUMNS, csv_pages, safe_cell


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    values = (None, -1.5, 3, "male", datetime(2026, 1, 2, tzinfo=UTC))
    cells = [safe_cell(value) for value in values]
    assert cells == ["", "-1.5", "3", "male", "2026-01-02T00:00:00+00:00"]


def test_pages_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_csv, "PAGE_ROWS", 2)
    rows = [dict.fromkeys(COLUMNS) | {"id": str(number), "key_id": "=x,\n"} for number in range(5)]

    async def fetch(before: str | None, limit: int) -> list[dict[str, Any]]:
        start = int(before or "-1") + 1
        return rows[start : start + limit]

    async def read() -> str:
        return "".join([part async for part in csv_pages(fetch, await fetch(None, 2))])

    header, *lines = csv.reader(io.StringIO(anyio.run(read), newline=""))
    assert header == list(COLUMNS)
    assert [line[0] for line in lines] == ["0", "1", "2", "3", "4"]
    assert {line[2] for line in lines} == {"'=x,\n"}
