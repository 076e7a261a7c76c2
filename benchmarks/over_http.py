"""Our service beside one written as the reference systems write theirs, over HTTP.

Both run all the time and are asked in turns by the same clients, 1 and 8 at a time, for the same
1-megapixel JPEG. Ours has its defaults, but lets eight clients wait as long as the other makes them
(``MAX_WAIT_S``). Run ``python benchmarks/over_http.py [--rounds N]``; writes
``docs/figures/http.json``. (A file called ``http.py`` would stand in for Python's own.)
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clients import free_port, load, multipart_request, photo, running, service
from common import machine
from genderlens.bundle import load_bundle

OUT = Path(__file__).parents[1] / "docs" / "figures" / "http.json"
NAIVE = Path(__file__).with_name("naive_service.py")
SIDE_PX = 1000
CONCURRENCY = (1, 8)
TURN_S = 4.0


def rate(port: int, request: bytes, clients: int, seconds: float = TURN_S) -> float:
    """Answers per second; ends where one is anything but a prediction."""
    tally = load(port, request, clients, seconds)
    if tally.failures or tally.refused_ms:
        sys.exit(f"{dict(tally.failures)} failed, {len(tally.refused_ms)} were refused")
    return len(tally.accepted_ms) / (sum(tally.accepted_ms) / 1000.0 / clients)


def measure(ports: dict[str, int], rounds: int) -> dict[str, Any]:
    """Answers per second by number of clients; the ratio is the median of those of all rounds."""
    request = multipart_request("/predict", photo(SIDE_PX))
    for port in ports.values():
        rate(port, request, 1)
    found: dict[str, Any] = {}
    for clients in CONCURRENCY:
        rates: dict[str, list[float]] = {name: [] for name in ports}
        for number in tqdm(range(rounds), f"{clients} at a time"):
            # Who goes first alternates: a slow drift of the machine then hits both alike.
            for name in sorted(ports, reverse=bool(number % 2)):
                rates[name].append(rate(ports[name], request, clients))
        pairs = zip(rates["ours"], rates["naive"], strict=True)
        found[str(clients)] = {
            **{name: round(statistics.median(values), 2) for name, values in rates.items()},
            "ratio": round(statistics.median(ours / naive for ours, naive in pairs), 3),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    naive_port = free_port()
    with (
        running([str(NAIVE), str(naive_port)], naive_port, "/health"),
        service(GENDERLENS_MAX_WAIT_S="60") as (_, port),
    ):
        rates = measure({"ours": port, "naive": naive_port}, given.rounds)
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
