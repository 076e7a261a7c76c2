"""Figures that follow from counting: annotated label × answer.

Accuracy, precision, recall and F1 judge every answered picture by its likelier label, uncertain
ones included; ``accuracy_when_certain`` judges the classified ones. Refusals enter ``coverage``
and ``refusal_rate`` alone. Of K labels the counts are K × (2K + 1): each label certain, each label
uncertain, refused.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.intervals import (
    REPLICATES,
    divide,
    nan_mean,
    percentile_interval,
)
from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.figures.names import per_label
from genderlens.evaluation.rows import Judged
from genderlens.heads import Head
from genderlens.types import UNDEFINED, Estimate

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

NEAR: Final = 1
"""Labels of an ordinal head at most so far apart are off by one at most."""


def counts_shape(head: Head) -> tuple[int, int]:
    """Of the counts of one head."""
    size = len(head.labels)
    return size, 2 * size + 1


def answer_codes(rows: Judged) -> NDArray[np.int64]:
    """Label and answer of each row as one number, the place in the flat counts."""
    size, answers = counts_shape(rows.head)
    answer = rows.likelier.astype(np.int64) + size * ~rows.certain
    codes: NDArray[np.int64] = np.where(rows.answered, answer, 2 * size)
    return codes + answers * rows.label.astype(np.int64)


def count_answers(rows: Judged) -> Counts:
    """Annotated label × answer, see the module."""
    shape = counts_shape(rows.head)
    flat = shape[0] * shape[1]
    counts = [np.bincount(answer_codes(part), minlength=flat) for part in rows.parts()]
    total: Counts = np.sum(counts, axis=0)
    return total.reshape(shape)


def confusion(counts: Counts) -> Counts:
    """Annotated label × likelier label of the answered pictures, (..., K, K)."""
    size = counts.shape[-2]
    return counts[..., :size] + counts[..., size : 2 * size]


def count_metrics(counts: Counts, head: Head) -> dict[str, Floats]:
    """The figures of counts of shape (..., K, 2K + 1); undefined ones are NaN.

    Precision, recall and F1 of a label are undefined where their denominator is 0, and a mean over
    the labels leaves undefined ones out, as scikit-learn does with ``zero_division=nan``.
    """
    likelier, size = confusion(counts).astype(np.float64), len(head.labels)
    hits: Floats = np.moveaxis(np.diagonal(likelier, axis1=-2, axis2=-1), -1, 0)
    labelled: Floats = np.moveaxis(likelier.sum(axis=-1), -1, 0)
    given: Floats = np.moveaxis(likelier.sum(axis=-2), -1, 0)
    answered, all_rows = labelled.sum(axis=0), counts.sum(axis=(-2, -1))
    recall, precision = divide(hits, labelled), divide(hits, given)
    f1 = divide(2 * hits, labelled + given)
    certain = counts[..., :size].sum(axis=(-2, -1))
    certain_hits = np.trace(counts[..., :size], axis1=-2, axis2=-1)
    return {
        "accuracy": divide(hits.sum(axis=0), answered),
        "accuracy_when_certain": divide(certain_hits, certain),
        **_distances(likelier, answered, head),
        "balanced_accuracy": nan_mean(recall),
        **per_label("precision", head, precision, nan_mean(precision)),
        **per_label("recall", head, recall, nan_mean(recall)),
        **per_label("f1", head, f1, nan_mean(f1)),
        "abstention_rate": divide(answered - certain, answered),
        "refusal_rate": divide(all_rows - answered, all_rows),
        "coverage": divide(certain, all_rows),
    }


def label_distances(head: Head) -> NDArray[np.int64]:
    """How far apart two labels of an ordinal head stand, K×K."""
    places = np.arange(len(head.labels))
    apart: NDArray[np.int64] = np.abs(places[:, None] - places)
    return apart


def count_shares(counts: Counts, head: Head) -> dict[str, Estimate]:
    """Those of the figures that are plain shares, each with Wilson's interval.

    The share of nothing is 0, see ``proportion``.
    """
    likelier, certain = confusion(counts), counts[:, : len(head.labels)]
    answered = int(likelier.sum())
    near = {}
    if head.kind == "ordinal":
        hits = int(likelier[label_distances(head) <= NEAR].sum())
        near["off_by_one_accuracy"] = proportion(hits, answered)
    recalls = [proportion(int(row[place]), int(row.sum())) for place, row in enumerate(likelier)]
    return {
        "accuracy": proportion(int(np.trace(likelier)), answered),
        "accuracy_when_certain": proportion(int(np.trace(certain)), int(certain.sum())),
        **near,
        **per_label("recall", head, recalls),
        "abstention_rate": proportion(answered - int(certain.sum()), answered),
        "refusal_rate": proportion(int(counts[:, -1].sum()), int(counts.sum())),
    }


def count_estimates(
    counts: Counts,
    head: Head,
    generator: np.random.Generator,
    *,
    replicates: int = REPLICATES,
) -> dict[str, Estimate]:
    """The figures with their bootstrap intervals, from multinomial draws of the counts."""
    measured = count_metrics(counts, head)
    total = int(counts.sum())
    if not total:
        return dict.fromkeys(measured, UNDEFINED)
    draws = generator.multinomial(total, counts.ravel() / total, size=replicates)
    drawn = count_metrics(draws.reshape(replicates, *counts.shape), head)
    support, answered = _supports(counts, head), int(confusion(counts).sum())
    return {
        name: percentile_interval(
            float(value), drawn[name], max(answered, support[name]), support=support[name]
        )
        for name, value in measured.items()
    }


def _distances(likelier: Floats, answered: Floats, head: Head) -> dict[str, Floats]:
    """What only labels in an order have, of confusions (..., K, K)."""
    if head.kind != "ordinal":
        return {}
    apart = label_distances(head)
    near = (likelier * (apart <= NEAR)).sum(axis=(-2, -1))
    return {
        "off_by_one_accuracy": divide(near, answered),
        "mean_absolute_error": divide((likelier * apart).sum(axis=(-2, -1)), answered),
    }


def _supports(counts: Counts, head: Head) -> dict[str, int]:
    """The rows behind each figure; behind a mean over labels those of the rarest label.

    0 for what is no share; a mean distance of 0 is as sure as that no picture is wrong.
    """
    likelier = confusion(counts)
    labelled, given = likelier.sum(axis=1), likelier.sum(axis=0)
    answered, rarest, everything = int(likelier.sum()), int(labelled.min()), int(counts.sum())
    faultless = np.trace(likelier) == answered
    return {
        "accuracy": answered,
        "accuracy_when_certain": int(counts[:, : len(head.labels)].sum()),
        "off_by_one_accuracy": answered,
        "mean_absolute_error": answered if faultless else 0,
        "balanced_accuracy": rarest,
        **per_label("precision", head, given.tolist(), rarest),
        **per_label("recall", head, labelled.tolist(), rarest),
        **per_label("f1", head, [rarest] * len(head.labels), rarest),
        "abstention_rate": answered,
        "refusal_rate": everything,
        "coverage": everything,
    }
