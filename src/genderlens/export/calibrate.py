"""Fits a bundle's calibration on held-out data, once per TTA mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from genderlens.bundle import Bundle, CalibrationSpec, ThresholdSpec, write_bundle
from genderlens.calibration import Calibration, Floats, choose_threshold, fit_calibration
from genderlens.data.manifest import Manifest
from genderlens.detection import Detector
from genderlens.errors import DataError
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.drift_reference import MIN_FACES, build_reference, write_reference
from genderlens.inference.inputs import INPUTS, measure_faces
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.inference.table import answer_manifest, predict_manifest
from genderlens.inference.tta import VIEWS, TtaView
from genderlens.predictions import predictions_table
from genderlens.settings import Settings
from genderlens.types import TTA, Prediction, Tta

ABSTAIN_BELOW: Final = 0.55
"""Below this calibrated confidence an answer is little better than a coin."""
TARGET_ERRORS: Final = (0.005, 0.01, 0.02, 0.03, 0.05)
"""Errors among the classified that a setting can ask for."""


@dataclass
class CalibrationFaces:
    """What was measured of the faces that calibrated a bundle, as it serves, until it is noted.

    Their confidence is not known before the calibration is, so their logits stand for it.
    """

    measured: list[dict[str, float]] = field(default_factory=list)
    logits: list[float] = field(default_factory=list)

    def measured_by(
        self, bundle: Bundle, answers: Iterable[tuple[Prediction, Photo | None]]
    ) -> Iterator[Prediction]:
        """The answers as they come, each measured on its way."""
        for answer, photo in answers:
            if photo is not None:
                self.measured += measure_faces(bundle, photo, answer)
                self.logits += [face.logit for face in answer.faces]
            yield answer

    def inputs(self, calibration: Calibration) -> dict[str, list[float]]:
        """INPUTS of every face under the calibration that was fitted."""
        found = {name: [face[name] for face in self.measured] for name in INPUTS}
        return found | {"confidence": [calibration.decide(x).confidence for x in self.logits]}


def calibrate_bundle(
    bundle: Bundle, manifest: Manifest, detector: Detector
) -> tuple[Bundle, CalibrationFaces]:
    """The bundle with a calibration for each test-time augmentation, written.

    Each picture teaches it twice, the second time as its mirror image, unless the augmentation
    looks at both anyway. What its own augmentation saw is what ``note_inputs`` takes: the graph,
    the views and the pictures are those that the reference for drift is about.
    """
    own, seen = bundle.description.inference.tta, CalibrationFaces()
    specs = {}
    for tta in TTA:
        predictor = _predictor(bundle, detector, tta)
        answers = answer_manifest(predictor, manifest, faces="cropped")
        plain = (answer for answer, _ in answers)
        told = seen.measured_by(bundle, answers) if tta == own else plain
        table = predictions_table(manifest.uris, manifest.labels, told)
        specs[tta] = _fit(table, _predict_mirrored(bundle, manifest, detector, tta))
    inference = bundle.description.inference.model_copy(
        update={"calibrations": {tta: spec for tta, spec in specs.items() if tta != own}}
    )
    changed = {"calibration": specs[own], "inference": inference}
    return write_bundle(bundle.path, bundle.description.model_copy(update=changed)), seen


def _predict_mirrored(
    bundle: Bundle, manifest: Manifest, detector: Detector, tta: Tta
) -> pa.Table | None:
    """What the mirror images get; None where they are among the views."""
    if any(view.flip for view in VIEWS[tta]):
        return None
    views = tuple(replace(view, flip=True) for view in VIEWS[tta])
    predictor = _predictor(bundle, detector, views=views)
    return predict_manifest(predictor, manifest, faces="cropped")


def predict_crops(bundle: Bundle, manifest: Manifest, detector: Detector) -> pa.Table:
    """The predictions table of pictures that are face crops."""
    return predict_manifest(_predictor(bundle, detector), manifest, faces="cropped")


def note_inputs(bundle: Bundle, manifest: Manifest, seen: CalibrationFaces) -> Bundle:
    """The bundle with the reference that tells drift, of the pictures that calibrated it, written.

    Too few pictures make none, and nothing can be told later. DataError where there are enough and
    too few of them can be read.
    """
    if len(manifest) < MIN_FACES:
        return bundle
    if len(seen.logits) < MIN_FACES:
        raise DataError(
            f"{len(seen.logits)} readable pictures of the split calibration make no reference for "
            f"drift, {MIN_FACES} do; mend the others, 'genderlens data check' lists them"
        )
    data = f"{bundle.description.provenance.data}, split calibration"
    reference = build_reference(seen.inputs(bundle.calibration), data[:200])
    return write_reference(bundle, reference)


def _predictor(
    bundle: Bundle,
    detector: Detector,
    tta: Tta | None = None,
    *,
    views: tuple[TtaView, ...] | None = None,
) -> Predictor:
    """Of pictures that are face crops."""
    classifier = BundleClassifier(bundle, tta=tta, views=views)
    return Predictor(classifier, Settings(faces="cropped"), faces=detector)


def _fit(table: pa.Table, mirrored: pa.Table | None) -> CalibrationSpec:
    """Mirror images help to find the curve; thresholds count every picture once."""
    logits, male = _answers(table)
    more = [] if mirrored is None else [_answers(mirrored)]
    fitted = fit_calibration(
        np.concatenate([logits, *(pair[0] for pair in more)]),
        np.concatenate([male, *(pair[1] for pair in more)]),
    )
    calibration = Calibration(
        round(fitted.temperature, 4), ABSTAIN_BELOW, round(fitted.exponent, 4)
    )
    return CalibrationSpec(
        temperature=calibration.temperature,
        abstain_below=calibration.abstain_below,
        exponent=calibration.exponent,
        thresholds=_thresholds(calibration.probability_male(logits), male),
        count=len(logits),
    )


def _answers(table: pa.Table) -> tuple[Floats, Floats]:
    """Logits of the pictures that could be read, and 1 where the label is male."""
    logits = np.asarray(table.column("logit").to_pylist(), dtype=np.float64)
    read = np.isfinite(logits)
    labels = np.asarray(table.column("label").to_pylist(), dtype=object)
    return logits[read], (labels[read] == "male").astype(np.float64)


def _thresholds(probability_male: Floats, male: Floats) -> tuple[ThresholdSpec, ...]:
    """A threshold for each target that can be reached; the others are missing."""
    chosen = (choose_threshold(probability_male, male, target) for target in TARGET_ERRORS)
    return tuple(
        ThresholdSpec(
            target_error=threshold.target_error,
            abstain_below=round(threshold.abstain_below, 6),
            coverage=round(threshold.coverage, 5),
            error=round(threshold.error, 5),
        )
        for threshold in chosen
        if threshold is not None
    )
