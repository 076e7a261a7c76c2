"""What the serving image does inside the limits of a container: requests and labels by CPU and GB.

CPU time is what the container's control group counted. Where other work holds the machine, a
container gets less than its limit, and answers a second by the clock say more of the machine than
of the service; so both are written down, with the load. Run ``python benchmarks/capacity.py`` as
whoever may ask Docker, after ``make image-test``. Writes ``docs/figures/capacity.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clients import load, multipart_request, photo
from common import machine
from container import (
    CPU,
    HARDENED,
    cpu_s,
    docker,
    peak_bytes,
    read_cpu_s,
    task,
    wait_until_ready,
)

OUT = Path(__file__).parents[1] / "docs" / "figures" / "capacity.json"
LIMITS = (
    {"cpus": 0.5, "memory_gib": 2.0},
    {"cpus": 1.0, "memory_gib": 2.0},
    {"cpus": 2.0, "memory_gib": 4.0},
)
SIDES_PX = (256, 512, 1000)
SECONDS = 12.0
FEW, MANY = 40, 240
"""Pictures of two runs of ``label``: their difference has no start in it."""


def measure_requests(image: str, limits: Mapping[str, float]) -> dict[str, Any]:
    """Answers of a container that is kept busy, by side of the picture."""
    found = {}
    with task(image, limits) as (name, port):
        wait_until_ready(port)
        for side in tqdm(SIDES_PX, f"{limits['cpus']:g} CPU", leave=False):
            found[f"{side}×{side}"] = _measure_side(name, port, side, limits["cpus"])
        return {"limits": dict(limits), "pictures": found, "peak_bytes": peak_bytes(name)}


def _measure_side(name: str, port: int, side: int, cpus: float) -> dict[str, float]:
    request, users = multipart_request("/predict", photo(side)), 1 + round(2 * cpus)
    load(port, request, users, 3.0)
    before, start = cpu_s(name), time.perf_counter()
    tally = load(port, request, users, SECONDS)
    spent, wall = cpu_s(name) - before, time.perf_counter() - start
    answers = len(tally.accepted_ms)
    return {
        "cpu_ms": 1000 * spent / answers,
        "answers_per_s": answers / wall,
        "busy": spent / (wall * cpus),
        "p50_ms": statistics.median(tally.accepted_ms),
        "refused": len(tally.refused_ms),
    }


def measure_labels(image: str, side: int) -> float:
    """CPU milliseconds that ``genderlens label`` takes for a picture."""
    few, many = (_label(image, side, count) for count in (FEW, MANY))
    return 1000 * (many - few) / (MANY - FEW)


def _label(image: str, side: int, count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        first = Path(folder, "0.jpg")
        first.write_bytes(photo(side))
        for number in range(1, count):
            shutil.copy(first, Path(folder, f"{number}.jpg"))
        words = ["run", "--rm", *HARDENED, "--cpus=1", "--memory=2g", "--network=none"]
        words += [f"--volume={folder}:/pictures:ro", "--tmpfs=/state:uid=10001,gid=10001"]
        script = f"genderlens label /pictures --out /state/labels >/dev/null 2>&1 && ({CPU})"
        return read_cpu_s(docker(*words, "--entrypoint=sh", image, "-c", script))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="genderlens:image-test")
    image = parser.parse_args().image
    before = os.getloadavg()[2]
    requests = [measure_requests(image, limits) for limits in tqdm(LIMITS, "limits")]
    labels = {f"{side}×{side}": measure_labels(image, side) for side in tqdm(SIDES_PX, "labels")}
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "load": {"cpus": os.cpu_count(), "before_15_min": before},
        "requests": requests,
        "label_cpu_ms": labels,
    }
    OUT.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
