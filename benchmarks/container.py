"""The serving image inside the limits of one Fargate task: size, start, CPU time and memory.

CPU time is what the container's control group counted, so other work on the machine lengthens the
waits but hardly the figures. Run ``python benchmarks/container.py --image IMAGE --base BASE`` as
whoever may ask Docker; ``make image-test`` builds both. Writes ``docs/figures/container.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clients import free_port, load, multipart_request, photo
from common import machine

OUT = Path(__file__).parents[1] / "docs" / "figures" / "container.json"
LIMITS = {"cpus": 1.0, "memory_gib": 2.0}
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--init")
SIDES_PX = (256, 512, 1000)
STARTS, USERS, SECONDS = 5, 2, 15.0
READY_S = 120.0
CPU_NS = "/sys/fs/cgroup/cpuacct/cpuacct.usage"
"""Control groups of version 1; those of version 2 tell microseconds in ``cpu.stat``."""
CPU = f"cat {CPU_NS} 2>/dev/null || grep usage_usec /sys/fs/cgroup/cpu.stat"
PEAKS = ("/sys/fs/cgroup/memory/memory.max_usage_in_bytes", "/sys/fs/cgroup/memory.peak")


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def task(image: str, limits: Mapping[str, float] = LIMITS) -> Iterator[tuple[str, int]]:
    """A container as the task definition says, just started: its name and its port."""
    port = free_port()
    bounds = [f"--cpus={limits['cpus']}", f"--memory={limits['memory_gib']:g}g"]
    place = ["--network=host", "--tmpfs=/state:uid=10001,gid=10001"]
    settings = [f"--env=GENDERLENS_PORT={port}", "--env=GENDERLENS_HISTORY=off"]
    words = [*HARDENED, *bounds, *place, *settings, image, "serve", "--insecure"]
    name = docker("run", "--detach", *words)
    try:
        yield name, port
    finally:
        docker("rm", "--force", name)


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
        else:
            return
    raise SystemExit("the container was not ready in time")


def cpu_s(name: str) -> float:
    """CPU time that the container has used so far."""
    return read_cpu_s(docker("exec", name, "sh", "-c", CPU))


def read_cpu_s(told: str) -> float:
    """Of what ``CPU`` prints."""
    words = told.split()
    return int(words[-1]) / (1e9 if len(words) == 1 else 1e6)


def peak_bytes(name: str) -> int:
    script = " || ".join(f"cat {path} 2>/dev/null" for path in PEAKS)
    return int(docker("exec", name, "sh", "-c", script))


def measure_start(image: str) -> tuple[float, float]:
    """Seconds from ``docker run`` to ready, and CPU seconds."""
    start = time.perf_counter()
    with task(image) as (name, port):
        wait_until_ready(port)
        return time.perf_counter() - start, cpu_s(name)


def measure_pictures(image: str) -> tuple[dict[str, dict[str, float]], int]:
    """CPU milliseconds of an answer by side of the picture, and the most memory."""
    found = {}
    with task(image) as (name, port):
        wait_until_ready(port)
        for side in tqdm(SIDES_PX, "sides"):
            request = multipart_request("/predict", photo(side))
            load(port, request, USERS, 2.0)
            before = cpu_s(name)
            answers = len(load(port, request, USERS, SECONDS).accepted_ms)
            spent = cpu_s(name) - before
            found[f"{side}×{side}"] = {"cpu_ms": 1000 * spent / answers}
        return found, peak_bytes(name)


def size(image: str) -> int:
    return int(docker("image", "inspect", "--format={{.Size}}", image))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="genderlens:image-test")
    parser.add_argument("--base", required=True, help="what the image was built on")
    parser.add_argument("--training", default="genderlens-training:image-test")
    options = parser.parse_args()
    starts = [measure_start(options.image) for _ in tqdm(range(STARTS), "starts")]
    pictures, peak = measure_pictures(options.image)
    figures: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "limits": LIMITS,
        "bytes_beyond_base": {
            "serving": size(options.image) - size(options.base),
            "training": size(options.training) - size(options.base),
        },
        "ready_s": statistics.median(wall for wall, _ in starts),
        "ready_cpu_s": statistics.median(cpu for _, cpu in starts),
        "pictures": pictures,
        "peak_bytes": peak,
    }
    OUT.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
