"""How long each network of a sweep takes for one picture, measured side by side."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import torch
from tqdm import tqdm

from genderlens.run_folder import RunFolder
from genderlens.training.weights.layout import load_run_network

_ROUNDS: Final = 3
_REPEATS: Final = 10
_WARM_UPS: Final = 2


def measure_latencies(runs: Sequence[RunFolder]) -> dict[str, float]:
    """Folder name → median milliseconds of a batch of one on one CPU thread, without decoding.

    Several rounds over all networks, so that a busy minute does not fall on one of them alone.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    turns = [run for _ in range(_ROUNDS) for run in runs]
    with _one_thread():
        for run in tqdm(turns, desc="inference time", delay=1.0):
            seconds[run.path.name] += _time_network(run)
    return {name: 1000.0 * statistics.median(values) for name, values in seconds.items()}


def _time_network(run: RunFolder) -> list[float]:
    network = load_run_network(run)
    picture = torch.zeros(1, 3, *run.recipe().input.shape())
    found = []
    with torch.inference_mode():
        for _ in range(_WARM_UPS + _REPEATS):
            began = time.perf_counter()
            network(picture)
            found.append(time.perf_counter() - began)
    return found[_WARM_UPS:]


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
