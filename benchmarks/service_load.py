"""The service under a hundred users, beside the predictor alone; and its memory over many requests.

The two take turns on all CPUs, a predictor loop in one process per CPU: what the service reaches of
that is left after HTTP, refusals, history and the users themselves, who share the CPUs. Refused
users come again when they were told to. Then small photos without a pause show whether memory
grows. Run ``python benchmarks/service_load.py [--requests N]``; writes
``docs/figures/service_load.json`` and ends with exit code 1 where a rule is broken.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clients import Tally, load, multipart_request, photo, service
from common import machine
from genderlens.bundle import load_bundle
from genderlens.cpus import usable_cpus
from predictor_loop import measure_loop, warm_predictor

OUT = Path(__file__).parents[1] / "docs" / "figures" / "service_load.json"
USERS = 100
LOOP_S = 6.0
SERVICE_S = 15.0
SIDE_PX, SMALL_PX = 1000, 128
SMALL_USERS = 4
MAX_MEDIAN_MS = 200.0
MIN_THROUGHPUT = 0.8
MAX_GROWTH = 1.05


def compare(port: int, rounds: int, users: int) -> dict[str, Any]:
    """Pictures per second of predictors alone and of the service, in turns; and waits."""
    content, cpus, total = photo(SIDE_PX), usable_cpus(), Tally()
    request = multipart_request("/predict", content)
    alone, served = [], []
    with ProcessPoolExecutor(cpus, get_context("spawn"), warm_predictor) as pool:
        list(pool.map(measure_loop, [[content]] * cpus, [1.0] * cpus))
        for _ in tqdm(range(rounds), "rounds"):
            alone.append(sum(pool.map(measure_loop, [[content]] * cpus, [LOOP_S] * cpus)))
            tally = load(port, request, users, SERVICE_S)
            served.append(len(tally.accepted_ms) / SERVICE_S)
            total.add(tally)
    return {
        "users": users,
        "picture": f"{SIDE_PX}×{SIDE_PX} JPEG, {len(content):,} bytes",
        "pictures_per_s": {
            "predictor_alone": round(statistics.median(alone), 2),
            "service": round(statistics.median(served), 2),
        },
        "throughput_ratio": round(
            statistics.median(b / a for a, b in zip(alone, served, strict=True)), 3
        ),
        **_describe(total),
    }


def _describe(tally: Tally) -> dict[str, Any]:
    return {
        "accepted": len(tally.accepted_ms),
        "refused": len(tally.refused_ms),
        "failures": dict(tally.failures),
        "accepted_ms": _percentiles(tally.accepted_ms),
        "refused_ms": _percentiles(tally.refused_ms),
    }


def _percentiles(values: list[float]) -> dict[str, float | None]:
    if len(values) < 2:
        return {"p50": None, "p95": None, "p99": None}
    cuts = statistics.quantiles(values, n=100)
    return {f"p{n}": round(cuts[n - 1], 1) for n in (50, 95, 99)}


def watch_memory(port: int, pid: int, requests: int) -> dict[str, Any]:
    """Resident megabytes after each twentieth of the requests; the first is warm-up."""
    request, total, resident = multipart_request("/predict", photo(SMALL_PX)), Tally(), []
    with tqdm(total=requests, desc="requests") as bar:
        while len(total.accepted_ms) < requests:
            tally = load(port, request, SMALL_USERS, seconds=2.0)
            total.add(tally)
            bar.update(len(tally.accepted_ms))
            if total.failures:
                sys.exit(f"not answered as it should be: {dict(total.failures)}")
            if len(total.accepted_ms) >= (len(resident) + 1) * requests / 20:
                resident.append(resident_mb(pid))
    return {
        "picture": f"{SMALL_PX}×{SMALL_PX} JPEG",
        **{key: value for key, value in _describe(total).items() if key != "refused_ms"},
        "resident_mb": [round(value, 1) for value in resident],
        "growth": round(resident[-1] / resident[0], 4),
    }


def resident_mb(pid: int) -> float:
    """Memory of a process that is in RAM, from Linux's ``/proc``."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def broken_rules(result: dict[str, Any]) -> list[str]:
    """What does not hold, in words."""
    crowd, memory = result["crowd"], result["memory"]
    median_ms = crowd["accepted_ms"]["p50"]
    rules = {
        f"failures: {crowd['failures']} {memory['failures']}": not (
            crowd["failures"] or memory["failures"]
        ),
        f"accepted median {median_ms} ms, limit {MAX_MEDIAN_MS:g}": median_ms is not None
        and median_ms < MAX_MEDIAN_MS,
        f"throughput {crowd['throughput_ratio']:.0%} of the predictor alone, "
        f"at least {MIN_THROUGHPUT:.0%}": crowd["throughput_ratio"] >= MIN_THROUGHPUT,
        f"memory grew to {memory['growth']:.1%}, limit {MAX_GROWTH:.0%}": memory["growth"]
        <= MAX_GROWTH,
    }
    return [words for words, holds in rules.items() if not holds]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=50_000, help="for the memory")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with service() as (_, port):
        crowd = compare(port, given.rounds, given.users)
        print(json.dumps(crowd, indent=2, ensure_ascii=False))
    with service() as (process, port):
        memory = watch_memory(port, process.pid, given.requests)
    result = {
        "model": load_bundle().version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "crowd": crowd,
        "memory": memory,
    }
    given.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(memory, indent=2, ensure_ascii=False))
    if broken := broken_rules(result):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
