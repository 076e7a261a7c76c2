"""The table of kinds of photo: what was measured, and no row for what was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_a_way_that_was_not_measured_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    from derived.kinds import kinds

    def figures(ms: float, ratio: float) -> dict[str, Any]:
        return {"cpu_ms": ms, "ratio": ratio, "outcome": None, "people": None}

    ways = {"as_needed": figures(12.34, 1.0), "limit": figures(6.0, 0.49)}
    found = {"portrait": ways, "far_face": {**ways, "before": figures(24.0, 2.0)}}
    table = kinds({"date": "2026-11-28", "machine": "2 CPUs", "kinds": found})
    *_, header, line, own, limit = table.splitlines()
    assert header == "| way | portrait | far face |"
    assert line == "|---|--:|--:|"
    assert own == "| genderlens | 12.3 (1.0×) | 12.3 (1.0×) |"
    assert limit.endswith("| 6.0 (0.5×) | 6.0 (0.5×) |")
