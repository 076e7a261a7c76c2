"""What a row of a sweep came to, read from its run folder."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from safetensors import safe_open

from genderlens.evaluation.figures.counts import count_answers, count_metrics
from genderlens.evaluation.figures.fairness import accuracy_by_group
from genderlens.evaluation.figures.metrics import area_under_roc
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.predictions import read_predictions
from genderlens.run_folder import RunFolder
from genderlens.training.curves import read_curves
from genderlens.training.sweep.sweep_folder import SweepRow
from genderlens.training.times import read_times

CLOSE: Final = 0.005
"""A network has converged once its calibration accuracy is so close to the best of its run."""
_BUFFERS: Final = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class RowResult:
    """The figures of a row; None where there is nothing to measure yet."""

    number: int
    label: str
    folder: str
    architecture: str
    state: Literal["waiting", "finished", "failed"] = "waiting"
    reason: str | None = None
    split: str | None = None
    """Which split the scores are of: ``test``, or ``val`` where there is none."""
    pictures: int | None = None
    accuracy: float | None = None
    f1: float | None = None
    """Mean over the labels."""
    roc_auc: float | None = None
    worst: float | None = None
    """Accuracy in the worst group of the sweep's ``worst_by``."""
    worst_group: str | None = None
    training_s: float | None = None
    epoch_s: float | None = None
    inference_ms: float | None = None
    epochs: int | None = None
    """Epochs until the calibration accuracy was within ``CLOSE`` of its best."""
    parameters: int | None = None
    megabytes: float | None = None
    """Of the weights in float32."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_result(
    number: int,
    row: SweepRow,
    inference_ms: float | None = None,
    *,
    worst_by: str | None = None,
) -> RowResult:
    """The figures of one row as its folder stands."""
    waiting = RowResult(number, row.label, row.run.path.name, row.recipe.model.architecture)
    if row.run.is_finished:
        return replace(
            waiting,
            state="finished",
            inference_ms=inference_ms,
            parameters=_count_parameters(row.run.weights),
            megabytes=row.run.weights.stat().st_size / 1e6,
            **_scores(row.run, worst_by),
            **_times(row.run),
        )
    if row.failure.is_file():
        reason = json.loads(row.failure.read_text("utf-8"))["reason"]
        return replace(waiting, state="failed", reason=reason)
    return waiting


def judged_split(run: RunFolder) -> str | None:
    """``test``, ``val`` where there is none, None where there is neither."""
    splits = ("test", "val")
    return next((split for split in splits if run.predictions(split).is_file()), None)


def epochs_to_converge(curves: list[dict[str, str]]) -> int:
    """The first epoch, counted from 1, that comes ``CLOSE`` to the best calibration accuracy."""
    accuracies = [float(row["calibration_accuracy"]) for row in curves]
    enough = max(accuracies) - CLOSE
    return next(epoch for epoch, value in enumerate(accuracies, 1) if value >= enough)


def _scores(run: RunFolder, worst_by: str | None) -> dict[str, Any]:
    split = judged_split(run)
    if split is None:
        return {}
    table = read_predictions(run.predictions(split))
    if worst_by:
        rows = judge_rows(table, by=[worst_by], manifest=run.manifest().select(split))
    else:
        rows = judge_rows(table)
    figures = count_metrics(count_answers(rows), rows.head)
    return {
        "split": split,
        "pictures": len(rows),
        "accuracy": _known(figures["accuracy"]),
        "f1": _known(figures["f1_macro"]),
        "roc_auc": _ranking(rows),
        **_worst(rows),
    }


def _ranking(rows: Judged) -> float | None:
    """The area under the ROC, which only binary heads have."""
    if not rows.head.is_binary:
        return None
    return _known(area_under_roc(rows.probability, rows.positive.astype(np.float64)))


def _worst(rows: Judged) -> dict[str, Any]:
    """Of the only attribute; nothing where there is none or it says nothing."""
    groups = [group for by_value in accuracy_by_group(rows).values() for group in by_value.items()]
    if not groups:
        return {}
    name, accuracy = min(groups, key=lambda group: group[1].value)
    return {"worst": accuracy.value, "worst_group": name}


def _times(run: RunFolder) -> dict[str, Any]:
    seconds = list(read_times(run.times).values())
    return {
        "training_s": sum(seconds),
        "epoch_s": sum(seconds) / len(seconds) if seconds else None,
        "epochs": epochs_to_converge(read_curves(run.curves)),
    }


def _known(value: Any) -> float | None:
    """JSON has no NaN."""
    return None if math.isnan(float(value)) else float(value)


def _count_parameters(weights: Path) -> int:
    with safe_open(weights, "numpy") as file:
        names = [name for name in file.keys() if name.rpartition(".")[2] not in _BUFFERS]  # noqa: SIM118
        return sum(math.prod(file.get_slice(name).get_shape()) for name in names)
