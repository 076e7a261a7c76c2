"""Our service beside one written as the reference systems write theirs, over HTTP.

All run all the time and are asked in turns by the same clients, 1 and 8 at a time, for the same
1-megapixel JPEG. Ours has its defaults, but lets eight clients wait as long as the other makes them
(``MAX_WAIT_S``). Run ``python benchmarks/over_http.py [--before SRC] [--rounds N]``, SRC being
``src`` of an earlier checkout, whose service is asked as well; writes ``docs/figures/http.json``.
CPU time of a service is told beside its rate, since other work on the machine hardly moves it. (A
file called ``http.py`` would stand in for Python's own.)
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from clients import free_port, load, multipart_request, photo, running, service
from common import machine
from genderlens.bundle import load_bundle

OUT = Path(__file__).parents[1] / "docs" / "figures" / "http.json"
NAIVE = Path(__file__).with_name("naive_service.py")
SIDE_PX = 1000
CONCURRENCY = (1, 8)
TURN_S = 4.0


class Asked(NamedTuple):
    """Answers per second in one turn, and milliseconds of CPU that the service took for each."""

    rate: float
    cpu_ms: float


def ask(port: int, pid: int, request: bytes, clients: int, seconds: float = TURN_S) -> Asked:
    """One turn; ends where one is anything but a prediction."""
    before = cpu_s(pid)
    tally = load(port, request, clients, seconds)
    if tally.failures or tally.refused_ms:
        sys.exit(f"{dict(tally.failures)} failed, {len(tally.refused_ms)} were refused")
    count = len(tally.accepted_ms)
    rate = count / (sum(tally.accepted_ms) / 1000.0 / clients)
    return Asked(rate, (cpu_s(pid) - before) * 1000.0 / count)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, from Linux's ``/proc``."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(services: dict[str, tuple[int, int]], rounds: int) -> dict[str, Any]:
    """Number of clients → what each service of a port and a process did, and how ours compares."""
    request = multipart_request("/predict", photo(SIDE_PX))
    for port, pid in services.values():
        ask(port, pid, request, 1)
    found: dict[str, Any] = {}
    for clients in CONCURRENCY:
        turns: dict[str, list[Asked]] = {name: [] for name in services}
        for number in tqdm(range(rounds), f"{clients} at a time"):
            # Who goes first alternates: a slow drift of the machine then hits all alike.
            for name in sorted(services, reverse=bool(number % 2)):
                turns[name].append(ask(*services[name], request, clients))
        found[str(clients)] = {
            **{name: _median(one.rate for one in asked) for name, asked in turns.items()},
            "ratio": _ratio(turns, "naive", 3),
            **({"ratio_to_before": _ratio(turns, "before", 3)} if "before" in turns else {}),
            "cpu_ms": {name: _median(one.cpu_ms for one in asked) for name, asked in turns.items()},
        }
    return found


def _median(values: Iterable[float], digits: int = 2) -> float:
    return round(statistics.median(values), digits)


def _ratio(turns: dict[str, list[Asked]], other: str, digits: int) -> float:
    """The median of our rate over that of another, round by round."""
    pairs = zip(turns["ours"], turns[other], strict=True)
    return _median((ours.rate / theirs.rate for ours, theirs in pairs), digits)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="src of an earlier checkout")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    naive_port = free_port()
    patient = {"GENDERLENS_MAX_WAIT_S": "60"}
    with ExitStack() as stack:
        naive = stack.enter_context(running([str(NAIVE), str(naive_port)], naive_port, "/health"))
        ours, port = stack.enter_context(service(**patient))
        services = {"ours": (port, ours.pid), "naive": (naive_port, naive.pid)}
        if given.before:
            earlier = service(**patient, PYTHONPATH=str(given.before.resolve()))
            before, before_port = stack.enter_context(earlier)
            services["before"] = (before_port, before.pid)
        rates = measure(services, given.rounds)
    result = {
        "model": load_bundle().version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "picture": f"{SIDE_PX}×{SIDE_PX} JPEG",
        "answers_per_s_by_clients": rates,
    }
    given.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
