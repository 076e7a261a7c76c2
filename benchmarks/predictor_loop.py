"""One warm predictor for each process of a pool, and how many photos it answers in a loop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache

from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import load_settings


@cache
def warm_predictor() -> Predictor:
    """The one of this process, on one thread."""
    predictor = create_predictor(load_settings(threads=1))
    predictor.warm_up()
    return predictor


def measure_loop(contents: Sequence[bytes], seconds: float) -> float:
    """Photos per second, in memory, one after the other."""
    predictor, count, start = warm_predictor(), 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        assert predictor.predict([contents[count % len(contents)]])[0].outcome != "unreadable"
        count += 1
    return count / (time.perf_counter() - start)
