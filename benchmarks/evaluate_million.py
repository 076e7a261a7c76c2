"""Time and memory of evaluating a predictions table with a million made-up rows.

Run ``python benchmarks/evaluate_million.py``. Prints one line for each step; writes nothing that
stays.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from common import machine
from genderlens.evaluation.assessment import assess
from genderlens.evaluation.columns import read_columns
from genderlens.evaluation.folder import write_evaluation
from genderlens.evaluation.rows import judge_rows

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


def peak_mib() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.parquet"
        write_table(rows, path)
        before, start = peak_mib(), time.perf_counter()
        table = read_columns(path, BY)
        judged = judge_rows(table, by=BY)
        read = time.perf_counter()
        assessment = assess(judged)
        measured = time.perf_counter()
        write_evaluation(Path(folder) / "out", assessment, judged, table, pictures=False)
        written = time.perf_counter()
        size = (Path(folder) / "out" / "report.html").stat().st_size
    print(f"{rows:,} rows, {len(assessment.groups):,} groups, {machine()}")
    print(f"read {read - start:.1f} s, measure {measured - read:.1f} s, ", end="")
    print(f"write {written - measured:.1f} s, together {written - start:.1f} s")
    print(f"memory: {before:,.0f} MiB before, {peak_mib():,.0f} MiB at most")
    print(f"report.html {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
