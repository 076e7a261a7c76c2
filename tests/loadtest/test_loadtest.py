"""The load test itself: it runs, and it tells refusals from failures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from service.serving import running_server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module ``loadtest/run.py``; locust itself stays in a process of its own."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.syspath_prepend(str(ROOT / "loadtest"))
    import run

    return run


def test_a_few_users_for_a_few_seconds(tmp_path: Path) -> None:
    """On a busy machine too, so however long it takes."""
    arguments = ["--users", "3", "--seconds", "5", "--max-median-ms", "60000"]
    result = subprocess.run(
        [sys.executable, ROOT / "loadtest" / "run.py", *arguments, "--out", tmp_path],
        env=os.environ | {"PYTHONPATH": str(ROOT / "benchmarks")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert "median ms" in result.stdout
    assert "<html" in (tmp_path / "report.html").read_text("utf-8")
    rows = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert sum(row["num_requests"] for row in rows) > 0
    assert sum(row["num_failures"] for row in rows) == 0


async def _predict(request: Request) -> JSONResponse:
    """Refuses JSON cleanly, files without a word of when to come again."""
    clean = request.headers["content-type"] == "application/json"
    return JSONResponse({}, 503, {"Retry-After": "1"} if clean else None)


async def _predict_batch(_: Request) -> JSONResponse:
    return JSONResponse({}, 500)


def test_refusals_that_are_clean_are_counted_apart_and_nothing_else(
    run: Any, tmp_path: Path
) -> None:
    routes = [
        Route("/predict", _predict, methods=["POST"]),
        Route("/predict-batch", _predict_batch, methods=["POST"]),
    ]
    app: Any = Starlette(routes=routes)
    app.state.engine = SimpleNamespace(ready=True)
    with running_server(app) as port:
        rows = run.run_locust(port, users=30, seconds=8, out=tmp_path)
    assert sum(row["num_failures"] for row in rows if row["name"] == run.REFUSED) == 0
    failed = {row["name"] for row in rows if row["num_failures"] == row["num_requests"]}
    assert failed >= {"one file"}
    assert {row["name"] for row in rows} - failed == {run.REFUSED}
    assert run.broken_rules(rows, 200.0)


def _row(name: str, times: dict[str, int], failures: int = 0) -> dict[str, Any]:
    return {"name": name, "response_times": times, "num_failures": failures}


def test_rules(run: Any) -> None:
    good, refused = _row("one file", {"100": 3, "900": 1}), _row(run.REFUSED, {"5": 100})
    assert run.broken_rules([good, refused], 200.0) == []
    assert run.broken_rules([good], 100.0) == ["accepted requests took 100 ms, limit 100"]
    assert run.broken_rules([refused], 200.0) == ["no request was accepted"]
    failed = _row("one file", {"100": 3}, failures=2)
    assert "2 requests failed" in run.broken_rules([failed], 200.0)[0]
