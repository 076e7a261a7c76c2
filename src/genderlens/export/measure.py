"""What a bundle says of its own accuracy, measured through what serves."""

from __future__ import annotations

import numpy as np

from genderlens.bundle import Bundle, Evaluation, Share, write_bundle
from genderlens.data.manifest import HOUSEKEEPING, Manifest
from genderlens.detection import Detector
from genderlens.evaluation.figures.counts import count_answers, count_shares
from genderlens.evaluation.figures.fairness import accuracy_by_group
from genderlens.evaluation.figures.metrics import (
    Proportion,
    area_under_roc,
    brier_score,
    expected_calibration_error,
)
from genderlens.evaluation.judging import MOST_VALUES, judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.export.calibrate import predict_crops


def measure_bundle(bundle: Bundle, manifest: Manifest, detector: Detector, data: str) -> Bundle:
    """The bundle with its accuracy on face crops, overall and by group, written."""
    table = predict_crops(bundle, manifest, detector)
    rows = judge_rows(table, by=["label", *_group_columns(manifest)], manifest=manifest)
    shares = count_shares(count_answers(rows), rows.head)
    evaluation = Evaluation(
        data=data,
        faces="cropped",
        overall=_share(shares["accuracy"]),
        abstained=_share(shares["abstention_rate"]),
        metrics=_metrics(rows, shares["accuracy_when_certain"]),
        groups={
            column: {value: _share(share) for value, share in by_value.items()}
            for column, by_value in accuracy_by_group(rows).items()
        },
    )
    return write_bundle(
        bundle.path, bundle.description.model_copy(update={"evaluation": evaluation})
    )


def _group_columns(manifest: Manifest) -> list[str]:
    """The attributes of few enough values to make groups; others tell pictures apart.

    What says how a data set used a picture makes no group.
    """
    return [
        name
        for name in manifest.attributes
        if name not in HOUSEKEEPING and len({*manifest.counts(name)} - {None}) <= MOST_VALUES
    ]


def _metrics(rows: Judged, certain: Proportion) -> dict[str, float]:
    """Figures over the answered rows that need no interval here."""
    probability = rows.probability[rows.answered]
    positive = rows.positive[rows.answered].astype(np.float64)
    figures = {
        "accuracy_when_certain": certain.value,
        "auroc": area_under_roc(probability, positive),
        "brier": brier_score(probability, positive),
        "ece": expected_calibration_error(probability, positive),
    }
    return {name: round(value, 5) for name, value in figures.items()}


def _share(measured: Proportion) -> Share:
    return Share(
        value=round(measured.value, 5),
        low=round(measured.low, 5),
        high=round(measured.high, 5),
        count=measured.count,
    )
