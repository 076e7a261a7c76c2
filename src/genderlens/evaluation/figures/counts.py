"""Figures that follow from counting: annotated label × answer.

Accuracy, precision, recall and F1 judge every answered picture by its likelier label, uncertain
ones included; ``accuracy_when_certain`` judges the classified ones. Refusals enter ``coverage``
and ``refusal_rate`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.intervals import (
    REPLICATES,
    Estimate,
    divide,
    nan_mean,
    percentile_interval,
)
from genderlens.evaluation.figures.metrics import Proportion, proportion
from genderlens.evaluation.rows import Judged

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ANSWERS: Final = ("female", "male", "female, uncertain", "male, uncertain", "refused")
"""What became of a picture, in the order of the last axis of the counts."""
SHAPE: Final = (2, len(ANSWERS))


def answer_codes(rows: Judged) -> NDArray[np.int64]:
    """Label and answer of each row as one number in 0..9."""
    answer = (rows.probability >= 0.5) + 2 * ~rows.certain
    codes: NDArray[np.int64] = np.where(rows.answered, answer, 4) + len(ANSWERS) * rows.male
    return codes


def count_answers(rows: Judged) -> Counts:
    """Annotated label (female, male) × answer, see ANSWERS."""
    counts = [np.bincount(answer_codes(part), minlength=10) for part in rows.parts()]
    total: Counts = np.sum(counts, axis=0)
    return total.reshape(SHAPE)


def count_metrics(counts: Counts) -> dict[str, Floats]:
    """The figures of counts of shape (..., 2, 5); undefined ones are NaN.

    Precision, recall and F1 of a label are undefined where their denominator is 0, and a mean over
    the labels leaves undefined ones out, as scikit-learn does with ``zero_division=nan``.
    """
    likelier = (counts[..., :2] + counts[..., 2:4]).astype(np.float64)
    hits: Floats = np.stack([likelier[..., i, i] for i in (0, 1)])
    labelled: Floats = np.stack([likelier[..., i, :].sum(axis=-1) for i in (0, 1)])
    given: Floats = np.stack([likelier[..., :, i].sum(axis=-1) for i in (0, 1)])
    answered, all_rows = labelled.sum(axis=0), counts.sum(axis=(-2, -1))
    recall, precision = divide(hits, labelled), divide(hits, given)
    f1 = divide(2 * hits, labelled + given)
    certain = counts[..., :2].sum(axis=(-2, -1))
    certain_hits = counts[..., 0, 0] + counts[..., 1, 1]
    return {
        "accuracy": divide(hits.sum(axis=0), answered),
        "accuracy_when_certain": divide(certain_hits, certain),
        "balanced_accuracy": nan_mean(recall),
        **_per_label("precision", precision),
        **_per_label("recall", recall),
        **_per_label("f1", f1),
        "abstention_rate": divide(answered - certain, answered),
        "refusal_rate": divide(all_rows - answered, all_rows),
        "coverage": divide(certain, all_rows),
    }


def count_shares(counts: Counts) -> dict[str, Proportion]:
    """Those of the figures that are plain shares, of counts 2×5, each with Wilson's interval.

    The share of nothing is 0, see ``proportion``.
    """
    likelier, certain = confusion(counts), counts[:, :2]
    answered = int(likelier.sum())
    return {
        "accuracy": proportion(int(np.trace(likelier)), answered),
        "accuracy_when_certain": proportion(int(np.trace(certain)), int(certain.sum())),
        "recall_female": proportion(int(likelier[0, 0]), int(likelier[0].sum())),
        "recall_male": proportion(int(likelier[1, 1]), int(likelier[1].sum())),
        "abstention_rate": proportion(answered - int(certain.sum()), answered),
        "refusal_rate": proportion(int(counts[:, 4].sum()), int(counts.sum())),
    }


def count_estimates(
    counts: Counts, generator: np.random.Generator, *, replicates: int = REPLICATES
) -> dict[str, Estimate]:
    """The figures with their bootstrap intervals, from multinomial draws of the counts."""
    measured = count_metrics(counts)
    total = int(counts.sum())
    if not total:
        return {name: Estimate(*[float("nan")] * 3) for name in measured}
    draws = generator.multinomial(total, counts.ravel() / total, size=replicates)
    drawn = count_metrics(draws.reshape(replicates, *SHAPE))
    return {
        name: percentile_interval(float(value), drawn[name], support=_support(name, counts))
        for name, value in measured.items()
    }


def confusion(counts: Counts) -> Counts:
    """Annotated label × likelier label of the answered pictures, 2×2."""
    return counts[:, :2] + counts[:, 2:4]


def _per_label(name: str, values: Floats) -> dict[str, Floats]:
    return {
        f"{name}_female": values[0],
        f"{name}_male": values[1],
        f"{name}_macro": nan_mean(values),
    }


_SUPPORT: Final[dict[str, Callable[[Counts], Any]]] = {
    "accuracy": lambda c: c[:, :4].sum(),
    "accuracy_when_certain": lambda c: c[:, :2].sum(),
    "precision_female": lambda c: c[:, [0, 2]].sum(),
    "precision_male": lambda c: c[:, [1, 3]].sum(),
    "recall_female": lambda c: c[0, :4].sum(),
    "recall_male": lambda c: c[1, :4].sum(),
    "abstention_rate": lambda c: c[:, :4].sum(),
    "refusal_rate": lambda c: c.sum(),
    "coverage": lambda c: c.sum(),
}


def _support(name: str, counts: Counts) -> int:
    """The rows behind a figure; of a mean over labels those of the rarer label."""
    rows = _SUPPORT.get(name, _rarer_label)
    return int(rows(counts))


def _rarer_label(counts: Counts) -> int:
    return int(counts[:, :4].sum(axis=1).min())
