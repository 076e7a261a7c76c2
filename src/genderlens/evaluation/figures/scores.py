"""Figures and curves from scores, each with what the bootstrap says about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.abstention import DoubtRow, coverage_at_risk, doubt_rows
from genderlens.evaluation.figures.curves import (
    GRID,
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
    Estimate,
    centred_interval,
    percentile_interval,
)
from genderlens.evaluation.figures.metrics import expected_calibration_error
from genderlens.evaluation.figures.score_bins import (
    Cells,
    area_under_risk,
    build_cells,
    score_metrics,
)

Floats = NDArray[np.float64]

MOST_SCORES: Final = 65_536
"""Distinct scores up to which figures are exact; with more they are within 0.00001."""
MOST_CELLS: Final = 4096
"""Distinct scores up to which the bootstrap is exact."""
_CHUNK: Final = 500_000
_RANKING: Final = ("roc_auc", "average_precision_female", "average_precision_male")


@dataclass(frozen=True)
class ScoreFigures:
    """Figures, curves for plots (JSON-ready lists) and the thresholds for target errors."""

    metrics: dict[str, Estimate]
    curves: dict[str, Any]
    doubt: list[DoubtRow]


def score_figures(
    probability: Floats,
    male: NDArray[np.bool_],
    generator: np.random.Generator,
    *,
    targets: Sequence[float],
    replicates: int = REPLICATES,
) -> ScoreFigures:
    """Everything about the answered rows that the score decides. No rows: figures are NaN."""
    exact = build_cells(probability, male, most=MOST_SCORES)
    values = score_metrics(exact, exact.female[None], exact.male[None])
    measured = {name: float(value[0]) for name, value in values.items()}
    if 0 < len(exact) < MOST_SCORES:
        measured["ece"] = expected_calibration_error(probability, male)
    drawn, bands, coverages = _bootstrap(
        build_cells(probability, male, most=MOST_CELLS), generator, targets, replicates
    )
    support = int(min(male.sum(), (~male).sum()))
    return ScoreFigures(
        metrics={n: _estimate(n, measured[n], drawn[n], support) for n in measured},
        curves=_curves(exact, bands) if len(exact) else {},
        doubt=doubt_rows(exact, targets, coverages) if len(exact) else [],
    )


def risk_area(
    probability: Floats, male: NDArray[np.bool_], generator: np.random.Generator
) -> Estimate:
    """The area under the risk–coverage curve of some rows."""
    exact = build_cells(probability, male, most=MOST_SCORES)
    value = float(area_under_risk(exact, exact.female[None], exact.male[None])[0])
    rough = build_cells(probability, male, most=256)
    draws = [area_under_risk(rough, f, m) for f, m in _weights(rough, generator, REPLICATES)]
    return percentile_interval(value, np.concatenate([*draws, np.empty(0)]))


def _bootstrap(
    cells: Cells, generator: np.random.Generator, targets: Sequence[float], replicates: int
) -> tuple[dict[str, Floats], Floats, Floats]:
    """Replicates of the figures, of the curves (R×3×101) and of the coverages (R×targets).

    The replicates of shared cells are moved by what sharing costs the measured figure.
    """
    metrics: list[dict[str, Floats]] = []
    curves: list[Floats] = []
    coverages: list[list[float]] = []
    for female, male in _weights(cells, generator, replicates):
        metrics.append(score_metrics(cells, female, male))
        for women, men in zip(female, male, strict=True):
            curves.append(curves_on_grid(cells, women, men))
            coverages.append([coverage_at_risk(cells, women, men, t)[0] for t in targets])
    names = score_metrics(cells, cells.female[None], cells.male[None])
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
        female = generator.poisson(cells.female, shape).astype(np.float64)
        yield female, generator.poisson(cells.male, shape).astype(np.float64)


def _estimate(name: str, value: float, replicates: Floats, support: int) -> Estimate:
    if name == "ece":
        return centred_interval(value, replicates)
    return percentile_interval(value, replicates, support=support if name in _RANKING else 0)


def _curves(cells: Cells, bands: Floats) -> dict[str, Any]:
    low, high = np.quantile(bands, (0.025, 0.975), axis=0)
    sweep = threshold_sweep(cells)
    return {
        "roc": thin(*roc_curve(cells.female, cells.male)),
        "precision_recall": thin(*precision_recall_curve(cells.female, cells.male)),
        "risk_coverage": thin(*risk_coverage_curve(cells, cells.female, cells.male)),
        "sweep": {name: thin(values)[0] for name, values in sweep.items()},
        "reliability": reliability(cells),
        "bands": {
            name: thin(GRID, low[i], high[i])
            for i, name in enumerate(("roc", "precision_recall", "risk_coverage"))
        },
    }
