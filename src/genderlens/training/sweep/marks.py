"""Which rows of a sweep are good enough, and which is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genderlens.recipe.sweep import SweepRecipe, Thresholds
from genderlens.training.sweep.results import RowResult

_SCORES = ("accuracy", "f1", "roc_auc")


@dataclass(frozen=True)
class Marks:
    """Numbers of rows."""

    best: int | None
    above: frozenset[int]
    """Finished rows that reach every threshold; empty where the sweep sets none."""


def mark_rows(results: Sequence[RowResult], sweep: SweepRecipe) -> Marks:
    """Judge the rows that are finished; of equally good ones the first is best."""
    scores = {r.number: getattr(r, sweep.best_by) for r in results if r.state == "finished"}
    known = {number: score for number, score in scores.items() if score is not None}
    best = max(known, key=lambda number: known[number]) if known else None
    above = (r.number for r in results if reaches(r, sweep.thresholds))
    return Marks(best, frozenset(above))


def reaches(result: RowResult, thresholds: Thresholds) -> bool:
    """Whether every threshold is reached; one whose figure is not known yet is not."""
    wanted = thresholds.model_dump(exclude_none=True)
    return bool(wanted) and all(
        _is_good(getattr(result, name), limit, at_least=name in _SCORES)
        for name, limit in wanted.items()
    )


def _is_good(value: float | None, limit: float, *, at_least: bool) -> bool:
    if value is None:
        return False
    return value >= limit if at_least else value <= limit
