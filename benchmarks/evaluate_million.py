"""Time and memory of evaluating predictions tables with ten thousand and a million made-up rows.

Run ``python benchmarks/evaluate_million.py [ROWS...]``. Writes nothing that stays.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from common import machine

FEW = 10_000
ROWS = 1_000_000
BY = ("race", "age", "label")


def made_up_table(rows: int, seed: int = 0) -> pa.Table:
    """Predictions of an imaginary, honest model, with two attributes and some refusals."""
    generator = np.random.default_rng(seed)
    logit = generator.normal(0.0, 4.0, rows)
    probability = 1.0 / (1.0 + np.exp(-logit))
    male = generator.random(rows) < probability
    refused = generator.random(rows) < 0.02
    outcome = np.where(np.maximum(probability, 1 - probability) < 0.55, "uncertain", "classified")
    return pa.table(
        {
            "uri": [f"made-up/{row:07d}.jpg" for row in range(rows)],
            "outcome": np.where(refused, "no_person", outcome),
            "label": np.where(male, "male", "female"),
            "probability_male": pa.array(probability, mask=refused),
            "race": generator.choice([f"race {n}" for n in range(7)], rows),
            "age": generator.choice([f"{10 * n}-{10 * n + 9}" for n in range(9)], rows),
        }
    )


def write_table(rows: int, path: Path) -> None:
    """In a process of its own, so that making the table is not counted."""
    maker = multiprocessing.get_context("spawn").Process(target=_write, args=(rows, path))
    maker.start()
    maker.join()


def _write(rows: int, path: Path) -> None:
    pq.write_table(made_up_table(rows), path)


def evaluate(table: Path, out: Path) -> tuple[float, float]:
    """Seconds and peak mebibytes of ``genderlens evaluate`` in a process of its own."""
    options = [f"--by={name}" for name in BY]
    command = ["evaluate", "--predictions", str(table), "--out", str(out), *options]
    program = [sys.executable, "-m", "genderlens", *command, "--no-pictures", "--json"]
    start = time.perf_counter()
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"genderlens {' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024.0


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [FEW, ROWS]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        first = 0.0
        for rows in sizes:
            path = Path(folder) / f"{rows}.parquet"
            write_table(rows, path)
            seconds, peak = evaluate(path, Path(folder) / str(rows))
            first = first or peak
            print(f"{rows:>10,} rows: {seconds:5.1f} s, {peak:5.0f} MiB, {peak / first:.2f} times")


if __name__ == "__main__":
    main()
