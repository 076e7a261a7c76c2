"""Many rows take little time and memory; benchmarks/evaluate_million.py does a million."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pyarrow as pa

from genderlens.evaluation.assessment import assess
from genderlens.evaluation.judging import judge_rows

ROWS = 200_000
MOST_BYTES_PER_ROW = 60
FIXED_BYTES = 60_000_000
"""Of the bootstrap, whatever the number of rows."""


def test_memory_and_time_stay_small() -> None:
    generator = np.random.default_rng(0)
    probability = generator.random(ROWS)
    table = pa.table(
        {
            "uri": pa.array(np.arange(ROWS)).cast(pa.string()),
            "outcome": pa.repeat("classified", ROWS),
            "label": np.where(generator.random(ROWS) < probability, "male", "female"),
            "probability_male": probability,
            "age": generator.choice([f"{n}0-{n}9" for n in range(9)], ROWS),
            "race": generator.choice(list("abcdefg"), ROWS),
        }
    )
    start = time.perf_counter()
    tracemalloc.start()
    try:
        assessment = assess(judge_rows(table, by=["age", "race"]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - start < 60
    assert peak < FIXED_BYTES + MOST_BYTES_PER_ROW * ROWS
    assert assessment.metrics["ece"].value < 0.01
    assert len(assessment.groups) == 9 + 7 + 63
