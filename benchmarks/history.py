"""What the history costs a request: the 95th percentile with it on, beside that with it off.

Two services, one with a history in SQLite and one without, answer the same photo to the same
number of clients, in turns of some seconds, so that what else the machine does hits both. After a
turn the history is asked for, which writes what it still holds: nothing is left to the other's
turn. The interval of the ratio comes from drawing rounds again (bootstrap, 95 %).
Run ``python benchmarks/history.py [SECONDS]``. Writes ``docs/figures/history.json``.
"""

from __future__ import annotations

import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import httpx
from PIL import Image

from common import machine

OUT = Path(__file__).parents[1] / "docs" / "figures" / "history.json"
CLIENTS = 2
TURN_S = 4.0
PAUSE_S = 0.2
DRAWS = 2000


def photo() -> bytes:
    """The astronaut at 512×512 as JPEG."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut

        image = Image.fromarray(astronaut())
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


@contextmanager
def service(history: str) -> Iterator[str]:
    """A serving process; its address once it is warm."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"GENDERLENS_HISTORY": history, "GENDERLENS_STATE_DIR": folder}
        command = [sys.executable, "-m", "genderlens", "serve", "--port", str(port)]
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_warm(address)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_until_warm(address: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    sys.exit("the service did not start")


def turn(pool: ThreadPoolExecutor, address: str, content: bytes) -> list[float]:
    """Milliseconds of every request of one turn, each client asking again once it is answered."""
    end = time.perf_counter() + TURN_S

    def client(_: int) -> list[float]:
        spent = []
        with httpx.Client(base_url=address, timeout=30) as session:
            session.get("/health")
            while time.perf_counter() < end:
                start = time.perf_counter()
                answer = session.post("/predict", files={"file": ("a.jpg", content)})
                spent.append((time.perf_counter() - start) * 1000.0)
                answer.raise_for_status()
        return spent

    return [one for spent in pool.map(client, range(CLIENTS)) for one in spent]


def settle(address: str) -> None:
    """Have the history write what it holds; where it is off, the question costs as little."""
    httpx.get(f"{address}/predictions", params={"limit": 1})
    time.sleep(PAUSE_S)


def percentile_95(turns: list[list[float]]) -> float:
    return statistics.quantiles([one for spent in turns for one in spent], n=20)[-1]


def interval(off: list[list[float]], on: list[list[float]]) -> list[float]:
    """95 % of the ratios that rounds drawn with replacement give; a round is a turn of each."""
    draw = random.Random(1)
    ratios = []
    for _ in range(DRAWS):
        chosen = draw.choices(range(len(off)), k=len(off))
        ratio = percentile_95([on[i] for i in chosen]) / percentile_95([off[i] for i in chosen])
        ratios.append(ratio)
    cuts = statistics.quantiles(ratios, n=40)
    return [cuts[0], cuts[-1]]


def measure(seconds: float) -> dict[str, list[list[float]]]:
    """The milliseconds of every request, by turn, of the service without and with a history."""
    spent: dict[str, list[list[float]]] = {"off": [], "on": []}
    content = photo()
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(service(name)) for name in spent}
        pool = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        for address in addresses.values():
            turn(pool, address, content)
        rounds = max(2, round(seconds / (2 * (TURN_S + PAUSE_S))))
        for number in range(rounds):
            # Who goes first alternates too: a slow drift of the machine then hits both alike.
            for name in sorted(spent, reverse=bool(number % 2)):
                spent[name].append(turn(pool, addresses[name], content))
                settle(addresses[name])
        page = httpx.get(f"{addresses['on']}/predictions", params={"limit": 1}).json()
        assert page["predictions"], "the history is on and empty"
    return spent


def main() -> None:
    spent = measure(float(sys.argv[1]) if len(sys.argv) > 1 else 300.0)
    every = {name: [one for turn in turns for one in turn] for name, turns in spent.items()}
    p95 = {name: percentile_95(turns) for name, turns in spent.items()}
    result = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "clients": CLIENTS,
        "requests": {name: len(values) for name, values in every.items()},
        "median_ms": {name: statistics.median(values) for name, values in every.items()},
        "p95_ms": p95,
        "p95_ratio": p95["on"] / p95["off"],
        "p95_ratio_interval": interval(spent["off"], spent["on"]),
    }
    OUT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
