"""Labelling from a slow folder beside predictor loops over photos in memory, on all CPUs.

A delay before each read, so many times as long as a loop takes for a photo just then, stands for a
network share or a disk that seeks: on a busy machine it is as much in the way as on an idle one.
Loops and workers, a process for each CPU, take turns; a worker reads, decodes, detects, classifies
and writes. Run ``python benchmarks/slow_storage.py [--delays TIMES,TIMES…]``; writes
``docs/figures/slow_storage.json`` and ends with exit code 1 where labelling is too slow.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from operator import truediv
from pathlib import Path
from typing import Any

from tqdm import tqdm

from common import machine
from genderlens.bundle import load_bundle
from genderlens.cpus import usable_cpus
from genderlens.data.sources import images
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.run import make_plan
from genderlens.labelling.shard import label_shard
from labelling import link_often, megapixel_photos
from predictor_loop import measure_loop, warm_predictor

OUT = Path(__file__).parents[1] / "docs" / "figures" / "slow_storage.json"
DELAYS = (0.0, 2.0, 6.0)
"""6: 100 ms where a photo takes 16 ms."""
DIFFERENT = 40
LOOP_S = 6.0
MIN_RATIO = 0.9


def _loop(photos: list[Path], seconds: float) -> float:
    """Photos per second of the predictor of this process, all in memory."""
    return measure_loop([path.read_bytes() for path in photos], seconds)


def _label(source: Path, out: Path, delay_s: float) -> float:
    """Photos per second of one worker that labels one shard."""
    predictor = warm_predictor()
    job = LabellingJob(
        str(source), out, predictor.settings, "benchmark", shard_size=sys.maxsize, trusted=True
    )
    plan = make_plan(job, progress=False)
    read, images._read_file = images._read_file, partial(_late, images._read_file, delay_s)
    try:
        start = time.perf_counter()
        label_shard(job, plan, 0, predictor)
        return plan.pictures / (time.perf_counter() - start)
    finally:
        images._read_file = read


def _late(read: Callable[[str], bytes], delay_s: float, path: str) -> bytes:
    time.sleep(delay_s)
    return read(path)


def measure(folder: Path, delays: list[float], pictures: int, rounds: int) -> dict[str, Any]:
    """Delay → photos per second of loops and of labelling on all CPUs, and their median ratio."""
    photos, cpus = megapixel_photos(folder / "photos", DIFFERENT), usable_cpus()
    source = link_often(photos, folder / "many", pictures)
    found: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    with ProcessPoolExecutor(cpus, get_context("spawn"), warm_predictor) as pool:
        loop = partial(pool.map, _loop, [photos] * cpus)
        sum(loop([LOOP_S] * cpus))
        for number in tqdm(range(rounds), "rounds"):
            for delay in delays:
                outs = [folder / f"{number}-{delay:g}-{cpu}" for cpu in range(cpus)]
                before = sum(loop([LOOP_S] * cpus))
                waits_s = [delay * cpus / before] * cpus
                label = sum(pool.map(_label, [source] * cpus, outs, waits_s))
                found[delay].append((before, label, sum(loop([LOOP_S] * cpus))))
    return {f"{delay:g}": _summarize(rows) for delay, rows in found.items()}


def _summarize(rows: list[tuple[float, float, float]]) -> dict[str, float]:
    loops = [(before + after) / 2 for before, _, after in rows]
    label = [rate for _, rate, _ in rows]
    return {
        "loops": round(statistics.median(loops), 2),
        "label": round(statistics.median(label), 2),
        "ratio": round(statistics.median(map(truediv, label, loops)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delays", default=",".join(f"{one:g}" for one in DELAYS))
    parser.add_argument("--pictures", type=int, default=400, help="for each worker and turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    delays = [float(word) for word in given.delays.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), delays, given.pictures, given.rounds)
    result = {
        "model": load_bundle().version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "cpus": usable_cpus(),
        "photos_per_s_by_delay": found,
    }
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(found, indent=2))
    slow = [
        f"{delay}×: {row['ratio']:.2f}" for delay, row in found.items() if row["ratio"] < MIN_RATIO
    ]
    if slow:
        sys.exit(
            f"labelling reaches less than {MIN_RATIO} of the loops at delays of {', '.join(slow)}"
        )


if __name__ == "__main__":
    main()
