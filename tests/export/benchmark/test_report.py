"""What a benchmark measured is a table that a terminal of 80 columns holds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from genderlens.bundle import load_bundle
from genderlens.cli.terminal import print_table
from genderlens.export.benchmark import report
from genderlens.export.benchmark.kinds import WAYS

VERSION = load_bundle().version
GRAPHS = [f"{VERSION} {name}" for name in ("fp32", "int8", "torch eager")]
KINDS = ("portrait", "group", "far face", "nobody", "12 megapixels")
TIMES = {"p50_ms": 99.99, "p95_ms": 7534.5, "p99_ms": 23456.7, "per_second": 12345.6}
STAGES = {"decode": 1.0, "detect": 2.0, "classify": 1.0}


@pytest.fixture
def found() -> dict[str, Any]:
    """Every figure as wide as it is on a machine that is slow or busy."""
    batches = {"1": TIMES, "256": {**TIMES, "per_second": 23456.7}}
    way = {"cpu_ms": 23456.7, "ratio": 345.6}
    return {
        "model": {threads: dict.fromkeys(GRAPHS, batches) for threads in ("1", "16")},
        "end_to_end": {name: {**TIMES, "stages_ms": STAGES} for name in GRAPHS[:2]},
        "kinds": {kind: dict.fromkeys(WAYS, way) for kind in KINDS},
        "cold": {
            name: {"first_answer_s": 12.34, "peak_memory_bytes": 1234e6} for name in GRAPHS[:2]
        },
        "bytes": {VERSION: {"model.int8.onnx": 2e6, "model.onnx": 6e6, "all": 123e6}},
    }


def test_it_fits_eighty_columns(
    found: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    for header, rows in report.list_tables(found):
        print_table(header, rows)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    rows_told = 2 * 3 + 2 + 2 * len(WAYS) + 2 + 3
    names_told = 4  # each version stands above its graphs
    assert len(lines) == rows_told + names_told + len(list(report.list_tables(found)))


def test_each_graph_stands_below_its_bundle(found: dict[str, Any]) -> None:
    found["end_to_end"]["mine-1 fp32"] = found["end_to_end"][GRAPHS[0]]
    rows = [row for header, rows in report.list_tables(found) for row in rows if "decode" in header]
    assert [row[0] for row in rows] == [VERSION, "  fp32", "  int8", "mine-1", "  fp32"]
    assert set(rows[0][1:]) == {""}


def test_a_way_that_was_not_tried_is_left_empty(found: dict[str, Any]) -> None:
    del found["kinds"]["12 megapixels"][WAYS[2]]
    times = next(list(rows) for header, rows in report.list_tables(found) if "nobody" in header)
    assert next(row for row in times if row[0] == WAYS[2])[-1] == ""
