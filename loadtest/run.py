"""A service of two workers under the users of ``locustfile.py``; ``make loadtest``.

Starts the service on a free port, lets the users come one after the other, and writes
``build/loadtest/report.html`` and ``report.json``. Ends with exit code 1 where a request failed or
where half of the accepted ones took too long.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from clients import service

HERE = Path(__file__).parent
OUT = HERE.parent / "build" / "loadtest"
REFUSED = "refused: come again later"
MAX_MEDIAN_MS = 200.0
WORKERS = 2


def run_locust(port: int, users: int, seconds: int, out: Path) -> list[dict[str, Any]]:
    """The rows of locust's statistics, one for each kind of request."""
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless",
        "--only-summary", "--host", f"http://127.0.0.1:{port}", "--users", str(users),
        "--spawn-rate", str(max(5.0, users / 20)), "--run-time", f"{seconds}s",
        "--stop-timeout", "10", "--exit-code-on-error", "0", "--html", str(out / "report.html"),
        "--json-file", str(out / "report"),
    ]  # fmt: skip
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    rows: list[dict[str, Any]] = json.loads((out / "report.json").read_text("utf-8"))
    return rows


def median_ms(rows: list[dict[str, Any]]) -> float | None:
    """Of all accepted requests together, from locust's counts by rounded time."""
    counts: dict[float, int] = {}
    for row in rows:
        for time_ms, count in row["response_times"].items():
            counts[float(time_ms)] = counts.get(float(time_ms), 0) + count
    half, seen = sum(counts.values()) / 2, 0
    for time_ms in sorted(counts):
        seen += counts[time_ms]
        if seen >= half:
            return time_ms
    return None


def show(rows: list[dict[str, Any]]) -> None:
    """A table, one row for each kind of request."""
    table = Table("request", "answers", "failures", "median ms", "slowest ms")
    for row in sorted(rows, key=lambda row: str(row["name"])):
        middle = median_ms([row])
        table.add_row(
            row["name"],
            f"{row['num_requests']:,}",
            f"{row['num_failures']:,}",
            "" if middle is None else f"{middle:,.0f}",
            f"{row['max_response_time']:,.0f}",
        )
    Console().print(table)


def broken_rules(rows: list[dict[str, Any]], max_median_ms: float) -> list[str]:
    """What does not hold, in words."""
    accepted = [row for row in rows if row["name"] != REFUSED]
    failures = sum(row["num_failures"] for row in rows)
    middle, broken = median_ms(accepted), []
    if failures:
        broken.append(f"{failures} requests failed that were not refused cleanly")
    if middle is None:
        broken.append("no request was accepted")
    elif middle >= max_median_ms:
        broken.append(f"accepted requests took {middle:g} ms, limit {max_median_ms:g}")
    return broken


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--max-median-ms", type=float, default=MAX_MEDIAN_MS)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with service(GENDERLENS_WORKERS=str(WORKERS)) as (_, port):
        rows = run_locust(port, given.users, given.seconds, given.out)
    show(rows)
    if broken := broken_rules(rows, given.max_median_ms):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
