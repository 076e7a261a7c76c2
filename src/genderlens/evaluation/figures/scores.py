"""Figures and curves from scores, each with what the bootstrap says about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.abstention import (
    AbstentionRow,
    abstention_rows,
    coverage_at_risk,
)
from genderlens.evaluation.figures.answered_scores import Scores
from genderlens.evaluation.figures.curves import (
    GRID,
    banded_curves,
    curves_on_grid,
    precision_recall_curve,
    reliability,
    risk_coverage_curve,
    roc_curve,
    thin,
    threshold_sweep,
)
from genderlens.evaluation.figures.intervals import (
    REPLICATES,
    centred_interval,
    percentile_interval,
)
from genderlens.evaluation.figures.names import label_figure
from genderlens.evaluation.figures.score_bins import (
    Cells,
    area_under_risk,
    calibration_error,
    score_metrics,
)
from genderlens.heads import Head
from genderlens.types import Estimate

Floats = NDArray[np.float64]

MOST_SCORES: Final = 65_536
"""Distinct scores up to which figures are exact; with more they are within 0.00001."""
MOST_CELLS: Final = 4096
"""Distinct scores up to which the bootstrap is exact."""
_CHUNK: Final = 500_000
_RANKING: Final = ("roc_auc", "average_precision_negative", "average_precision_positive")


@dataclass(frozen=True)
class ScoreFigures:
    """Figures, curves for plots (JSON-ready lists) and the thresholds for target errors."""

    metrics: dict[str, Estimate]
    curves: dict[str, Any]
    abstention: list[AbstentionRow]


def score_figures(
    scores: Scores,
    generator: np.random.Generator,
    *,
    targets: Sequence[float],
    replicates: int = REPLICATES,
) -> ScoreFigures:
    """Everything about the answered rows that the score decides. No rows: figures are NaN."""
    exact = scores.cells(MOST_SCORES)
    values = score_metrics(exact, exact.negative[None], exact.positive[None])
    measured = {name: float(value[0]) for name, value in values.items()}
    if 0 < len(exact) < MOST_SCORES:
        measured["ece"] = scores.calibration_error()
    drawn, bands, coverages = _bootstrap(scores.cells(MOST_CELLS), generator, targets, replicates)
    sizes = (exact.rows, scores.rarest)
    found = {n: _estimate(n, measured[n], drawn[n], *sizes) for n in measured}
    return ScoreFigures(
        metrics={score_name(n, scores.head): estimate for n, estimate in found.items()},
        curves=_curves(exact, bands, scores.head) if len(exact) else {},
        abstention=abstention_rows(exact, targets, coverages) if len(exact) else [],
    )


def score_names(head: Head) -> tuple[str, ...]:
    """What the figures of a head are called."""
    common = ("log_loss", "brier", "ece", "aurc")
    return tuple(score_name(n, head) for n in (*(_RANKING if head.is_binary else ()), *common))


def score_name(name: str, head: Head) -> str:
    """The public name, which tells the label by its word."""
    if not name.startswith("average_precision"):
        return name
    label = head.positive if name.endswith("positive") else head.negative
    return label_figure("average_precision", label)


def risk_area(scores: Scores, generator: np.random.Generator) -> Estimate:
    """The area under the risk–coverage curve of some rows."""
    exact = scores.cells(MOST_SCORES)
    value = float(area_under_risk(exact, exact.negative[None], exact.positive[None])[0])
    rough = scores.cells(256)
    draws = [area_under_risk(rough, n, p) for n, p in _weights(rough, generator, REPLICATES)]
    return percentile_interval(value, np.concatenate([*draws, np.empty(0)]), rough.rows)


def calibration_estimate(scores: Scores, generator: np.random.Generator) -> Estimate:
    """The calibration error of some rows."""
    rough = scores.cells(256)
    error = scores.calibration_error()
    draws = [calibration_error(rough, n, p) for n, p in _weights(rough, generator, REPLICATES)]
    return centred_interval(error, np.concatenate([*draws, np.empty(0)]), rough.rows)


def _bootstrap(
    cells: Cells, generator: np.random.Generator, targets: Sequence[float], replicates: int
) -> tuple[dict[str, Floats], Floats, Floats]:
    """Replicates of the figures, of the curves (R×curves×101) and of the coverages (R×targets).

    The replicates of shared cells are moved by what sharing costs the measured figure.
    """
    metrics: list[dict[str, Floats]] = []
    curves: list[Floats] = []
    coverages: list[list[float]] = []
    for negative, positive in _weights(cells, generator, replicates):
        metrics.append(score_metrics(cells, negative, positive))
        for low, high in zip(negative, positive, strict=True):
            curves.append(curves_on_grid(cells, low, high))
            coverages.append([coverage_at_risk(cells, low, high, t)[0] for t in targets])
    names = score_metrics(cells, cells.negative[None], cells.positive[None])
    drawn = {name: np.concatenate([m[name] for m in metrics] or [np.empty(0)]) for name in names}
    return drawn, np.asarray(curves), np.asarray(coverages)


def _weights(
    cells: Cells, generator: np.random.Generator, replicates: int
) -> Iterator[tuple[Floats, Floats]]:
    """Poisson weights of the cells, some replicates at a time so that memory stays flat."""
    if not len(cells):
        return
    step = max(1, _CHUNK // len(cells))
    for start in range(0, replicates, step):
        shape = (min(step, replicates - start), len(cells))
        negative = generator.poisson(cells.negative, shape).astype(np.float64)
        yield negative, generator.poisson(cells.positive, shape).astype(np.float64)


def _estimate(name: str, value: float, replicates: Floats, rows: int, rarest: int) -> Estimate:
    if name == "ece":
        return centred_interval(value, replicates, rows)
    support = rarest if name in _RANKING else 0
    return percentile_interval(value, replicates, rows, support=support)


def _curves(cells: Cells, bands: Floats, head: Head) -> dict[str, Any]:
    low, high = np.quantile(bands, (0.025, 0.975), axis=0)
    counts = (cells.negative, cells.positive)
    curves: dict[str, Any] = {}
    if cells.ranked:
        curves["roc"] = thin(*roc_curve(*counts))
        curves["precision_recall"] = thin(*precision_recall_curve(*counts))
    curves["risk_coverage"] = thin(*risk_coverage_curve(cells, *counts))
    if cells.ranked:
        sweep = threshold_sweep(cells, head)
        curves["sweep"] = {name: thin(values)[0] for name, values in sweep.items()}
    names = enumerate(banded_curves(head))
    bands_by_name = {name: thin(GRID, low[i], high[i]) for i, name in names}
    return curves | {"reliability": reliability(cells, head), "bands": bands_by_name}
