"""How far the pictures of late lie from those that a model was made with.

The population stability index compares two histograms, ``sum((p - q) · ln(p / q))`` over the bins:
the Jeffreys divergence, known by that name from credit scoring (Siddiqi, "Credit Risk Scorecards",
Wiley 2006, where below 0.1 is stable and above 0.25 a shift). Its bins are the deciles of the
reference. Of equal distributions it is about ``(bins - 1) · (1/n + 1/m)`` for samples of n and m
(Yurdakul & Naranjo, "Statistical properties of the population stability index", Journal of Risk
Model Validation 2020), so that it says nothing yet of few pictures.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from genderlens.errors import DataError
from genderlens.inference.drift_reference import Histogram, Reference

WINDOW: Final = 2_000
"""Faces that the index looks back on."""
MIN_FACES: Final = 500
"""Fewer say nothing: of 500 beside 1,600, ten bins of the same distribution give 0.02."""
NOTICEABLE: Final = 0.1
SHIFTED: Final = 0.25
_MIN_BINS: Final = 4
_SMOOTHING: Final = 0.5
"""Counted into every bin of both, so that an empty one costs much and not infinitely."""


def stability_index(expected: Sequence[int], actual: Sequence[int]) -> float:
    """The population stability index of two histograms over the same bins."""
    p, q = (np.asarray(counts, dtype=np.float64) + _SMOOTHING for counts in (expected, actual))
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def can_tell(histogram: Histogram) -> bool:
    """Whether a reference is spread at all: beside pictures of one size, any other differs."""
    return len(histogram.counts) >= _MIN_BINS


@dataclass(frozen=True)
class Comparison:
    """One input of some faces beside the reference; no index where nothing can be told."""

    name: str
    faces: int
    mean: float
    index: float | None

    @property
    def verdict(self) -> str:
        """In the words that go with the thresholds."""
        if self.index is None:
            return "cannot tell"
        if self.index < NOTICEABLE:
            return "stable"
        return "noticeable" if self.index < SHIFTED else "shifted"

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def compare_inputs(
    reference: Reference, measured: Mapping[str, Sequence[float]]
) -> list[Comparison]:
    """Every input of the measured faces. DataError where there are too few of them."""
    count = len(next(iter(measured.values())))
    if count < MIN_FACES:
        raise DataError(f"{count} faces are too few to tell drift, {MIN_FACES} do; give more")
    window = Window(reference, size=count)
    for values in zip(*measured.values(), strict=True):
        window.add(dict(zip(measured, values, strict=True)))
    indices = window.indices()
    return [
        Comparison(name, count, float(np.mean(values)), indices.get(name))
        for name, values in measured.items()
    ]


class Window:
    """Counts faces in the bins of a reference: all ever seen, and the last ones. Thread-safe."""

    def __init__(self, reference: Reference, size: int = WINDOW) -> None:
        self.reference = reference
        self._size = size
        self._recent: deque[tuple[int, ...]] = deque()
        self._lock = threading.Lock()
        bins = {name: len(one.counts) for name, one in reference.inputs.items()}
        self._counts = {name: [0] * count for name, count in bins.items()}
        self._totals = {name: [0] * count for name, count in bins.items()}
        self._sums = dict.fromkeys(bins, 0.0)

    def add(self, measured: Mapping[str, float]) -> None:
        """Count one face; the oldest one leaves a full window."""
        inputs = self.reference.inputs
        bins = tuple(bisect_left(inputs[name].edges, measured[name]) for name in inputs)
        with self._lock:
            for name, place in zip(inputs, bins, strict=True):
                self._counts[name][place] += 1
                self._totals[name][place] += 1
                self._sums[name] += measured[name]
            self._recent.append(bins)
            if len(self._recent) > self._size:
                for name, place in zip(inputs, self._recent.popleft(), strict=True):
                    self._counts[name][place] -= 1

    def __len__(self) -> int:
        """Faces in the window."""
        return len(self._recent)

    def indices(self) -> dict[str, float]:
        """The index of every input that can tell; none while the window holds few faces."""
        with self._lock:
            if len(self._recent) < MIN_FACES:
                return {}
            recent = {name: list(counts) for name, counts in self._counts.items()}
        return {
            name: stability_index(expected.counts, recent[name])
            for name, expected in self.reference.inputs.items()
            if can_tell(expected)
        }

    def totals(self) -> dict[str, tuple[list[int], float]]:
        """Of every input the counts by bin and the sum, since the start."""
        with self._lock:
            return {name: (list(self._totals[name]), self._sums[name]) for name in self._totals}
