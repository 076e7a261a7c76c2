"""What a bundle says of its own accuracy, measured through what serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from genderlens.bundle import Bundle, Evaluation, HeadEvaluation, write_bundle
from genderlens.data.manifest import HOUSEKEEPING, Manifest
from genderlens.detection import Detector
from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.counts import count_answers, count_estimates, count_shares
from genderlens.evaluation.figures.fairness import accuracy_by_group
from genderlens.evaluation.figures.intervals import SEED
from genderlens.evaluation.figures.metrics import area_under_roc, brier_score, calibration_gap
from genderlens.evaluation.figures.scores import calibration_estimate
from genderlens.evaluation.judging import MOST_VALUES, judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.truth import add_truths
from genderlens.export.calibrate import predict_crops
from genderlens.export.head_labels import find_columns
from genderlens.types import Estimate

_SHARES: Final = ("off_by_one_accuracy", "accuracy_when_certain", "abstention_rate")
_ESTIMATES: Final = ("mean_absolute_error", "f1_macro", "ece")
"""What is noted of further heads."""
_BY_GROUP: Final = ("off_by_one_accuracy", "mean_absolute_error", "ece")


def measure_bundle(
    bundle: Bundle,
    manifest: Manifest,
    detector: Detector,
    data: str,
    columns: Mapping[str, str] | None = None,
) -> Bundle:
    """The bundle with its accuracy on face crops, overall and by group, written."""
    told = find_columns(bundle, manifest, columns)
    table = predict_crops(bundle, manifest, detector, attributes=told)
    table = add_truths(table, manifest, told)
    groups = _group_columns(manifest)
    rows = judge_rows(table, by=["label", *groups], manifest=manifest)
    shares = count_shares(count_answers(rows), rows.head)
    evaluation = Evaluation(
        data=data,
        faces="cropped",
        overall=shares["accuracy"].rounded(5),
        abstained=shares["abstention_rate"].rounded(5),
        metrics=_metrics(rows, shares["accuracy_when_certain"]),
        groups=_groups(rows),
    )
    measured = {
        head.name: _measure(
            judge_rows(table, by=["label", *groups], manifest=manifest, head=head), data
        )
        for head in bundle.heads[1:]
        if head.name in told
    }
    heads = tuple(
        spec.model_copy(update={"evaluation": measured.get(spec.name, spec.evaluation)})
        for spec in bundle.description.heads
    )
    changed = {"evaluation": evaluation, "heads": heads}
    return write_bundle(bundle.path, bundle.description.model_copy(update=changed))


def _measure(rows: Judged, data: str) -> HeadEvaluation:
    """What is noted of a further head."""
    return HeadEvaluation(
        data=data,
        faces="cropped",
        pictures=len(rows),
        overall=count_shares(count_answers(rows), rows.head)["accuracy"].rounded(5),
        metrics=_figures(rows),
        groups=_groups(rows),
        group_figures={name: _group_figures(rows, name) for name in rows.attributes},
    )


def _figures(rows: Judged) -> dict[str, Estimate]:
    """Shares and other figures of a further head, each with its interval."""
    counts, generator = count_answers(rows), np.random.default_rng(SEED)
    shares = count_shares(counts, rows.head)
    estimates = count_estimates(counts, rows.head, generator)
    estimates["ece"] = calibration_estimate(answered_scores(rows), generator)
    plain: dict[str, Estimate] = {n: shares[n].rounded(5) for n in _SHARES if n in shares}
    others: dict[str, Estimate] = {
        name: estimates[name].rounded(5)
        for name in _ESTIMATES
        if name in estimates and np.isfinite(estimates[name].value)
    }
    return plain | others


def _group_figures(rows: Judged, column: str) -> dict[str, dict[str, Estimate]]:
    """What else than accuracy is told of each group of a column."""
    attribute = rows.attributes[column]
    found: dict[str, dict[str, Estimate]] = {}
    for code, value in enumerate(attribute.values):
        group = rows.where(attribute.codes == code)
        if group.answered.any():
            figures = _figures(group)
            found[value] = {name: figures[name] for name in _BY_GROUP if name in figures}
    return found


def _groups(rows: Judged) -> dict[str, dict[str, Estimate]]:
    """The accuracy by value of each column."""
    return {
        column: {value: share.rounded(5) for value, share in by_value.items()}
        for column, by_value in accuracy_by_group(rows).items()
    }


def _group_columns(manifest: Manifest) -> list[str]:
    """The attributes of few enough values to make groups; others tell pictures apart.

    What says how a data set used a picture makes no group.
    """
    return [
        name
        for name in manifest.attributes
        if name not in HOUSEKEEPING and len({*manifest.counts(name)} - {None}) <= MOST_VALUES
    ]


def _metrics(rows: Judged, certain: Estimate) -> dict[str, float]:
    """Figures over the answered rows that need no interval here."""
    known = rows.answered
    figures = {"accuracy_when_certain": certain.value}
    if rows.head.is_binary:
        probability, positive = rows.probability[known], rows.positive[known].astype(np.float64)
        figures |= {
            "auroc": area_under_roc(probability, positive),
            "brier": brier_score(probability, positive),
        }
    figures["ece"] = calibration_gap(rows.confidence[known], rows.right[known])
    return {name: round(value, 5) for name, value in figures.items()}
