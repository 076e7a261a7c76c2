"""What the history costs a request: the 95th percentile with it on, beside that with it off.

Two services, one with a history in SQLite and one without, answer the same photo to the same
number of clients, in turns of a second, so that what else the machine does hits both. Between turns
there is a pause in which the history writes what it still holds, off nobody's clock.
Run ``python benchmarks/history.py [SECONDS]``. Writes ``docs/figures/history.json``.
"""

from __future__ import annotations

import io
import json
import os
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
TURN_S = 1.0
PAUSE_S = 0.4


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


def percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0
    spent: dict[str, list[float]] = {"off": [], "on": []}
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
                spent[name] += turn(pool, addresses[name], content)
                time.sleep(PAUSE_S)
        page = httpx.get(f"{addresses['on']}/predictions", params={"limit": 1}).json()
        assert page["predictions"], "the history is on and empty"
    off, on = (percentile_95(spent[name]) for name in ("off", "on"))
    result = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "clients": CLIENTS,
        "requests": {name: len(values) for name, values in spent.items()},
        "median_ms": {name: statistics.median(values) for name, values in spent.items()},
        "p95_ms": {"off": off, "on": on},
        "p95_ratio": on / off,
    }
    OUT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
