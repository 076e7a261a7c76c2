"""How many answers must be withheld so that the rest is wrong at most so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.calibration import expected_error
from genderlens.evaluation.figures.intervals import percentile_interval
from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.figures.score_bins import Cells
from genderlens.types import Estimate

Floats = NDArray[np.float64]

TARGETS: Final = (0.005, 0.01, 0.02, 0.05)
"""Errors among the classified that the table shows beside the one asked for."""


@dataclass(frozen=True)
class AbstentionRow:
    """Answering from ``threshold`` on keeps the expected error of new pictures at the target.

    ``coverage`` is the share of the answered that stays; its interval includes the choice of the
    threshold. ``error`` is measured on the very rows that chose the threshold, so it flatters.
    ``threshold`` is None where no threshold reaches the target.
    """

    target: float
    threshold: float | None
    coverage: Estimate
    error: Estimate

    def to_dict(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "threshold": self.threshold,
            "coverage": self.coverage.to_dict(),
            "error": asdict(self.error),
        }


def coverage_at_risk(
    cells: Cells, negative: Floats, positive: Floats, target: float
) -> tuple[float, int]:
    """The largest coverage whose expected error is at most the target, and how many cells it takes.

    By the rule that chooses a bundle's threshold, so that report and bundle never contradict.
    """
    order = cells.by_confidence()
    counts = np.cumsum((negative + positive)[order])
    errors = np.cumsum(cells.wrong(negative, positive)[order])
    good = np.flatnonzero((counts > 0) & (expected_error(errors, counts) <= target))
    return (float(counts[good[-1]] / counts[-1]), int(good[-1]) + 1) if len(good) else (0.0, 0)


def abstention_rows(
    cells: Cells, targets: Sequence[float], replicates: Floats
) -> list[AbstentionRow]:
    """One row for each target; ``replicates`` holds bootstrapped coverages, R×targets."""
    return [
        _row(cells, target, replicates[:, index] if len(replicates) else np.empty(0))
        for index, target in enumerate(targets)
    ]


def _row(cells: Cells, target: float, replicates: Floats) -> AbstentionRow:
    coverage, size = coverage_at_risk(cells, cells.negative, cells.positive, target)
    accepted = cells.by_confidence()[:size]
    wrong = cells.wrong(cells.negative, cells.positive)[accepted].sum()
    count = (cells.negative + cells.positive)[accepted].sum()
    return AbstentionRow(
        target=target,
        threshold=float(cells.confidence[accepted[-1]]) if size else None,
        coverage=percentile_interval(coverage, replicates, cells.rows),
        error=proportion(int(wrong), int(count)),
    )
