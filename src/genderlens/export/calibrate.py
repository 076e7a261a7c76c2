"""Fits a bundle's calibration on held-out data: of each head, once per TTA mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from genderlens.bundle import Bundle, CalibrationSpec, HeadSpec, ThresholdSpec, write_bundle
from genderlens.calibration import Calibration, Floats, choose_threshold, fit_head
from genderlens.data.manifest import Manifest
from genderlens.detection import Detector
from genderlens.errors import DataError
from genderlens.export.head_labels import Codes, find_columns, read_codes
from genderlens.heads import Head
from genderlens.inference.classifiers import VIEWS, BundleClassifier, TtaView
from genderlens.inference.drift_reference import MIN_FACES, build_reference, write_reference
from genderlens.inference.inputs import INPUTS, measure_faces
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.inference.table import answer_manifest, predict_manifest
from genderlens.settings import Settings
from genderlens.types import TTA, Prediction, Tta

ABSTAIN_BELOW: Final = 1.1
"""Times what guessing gives: below this calibrated confidence an answer is little better."""
TARGET_ERRORS: Final = (0.005, 0.01, 0.02, 0.03, 0.05)
"""Errors among the classified that a setting can ask for."""


@dataclass
class CalibrationFaces:
    """What was measured of the faces that calibrated a bundle, as it serves, until it is noted.

    Their confidence is not known before the calibration is, so their logits stand for it.
    """

    measured: list[dict[str, float]] = field(default_factory=list)
    logits: list[tuple[float, ...]] = field(default_factory=list)

    def note(self, bundle: Bundle, answer: Prediction, photo: Photo | None) -> None:
        """Measure the faces of one picture."""
        if photo is not None:
            self.measured += measure_faces(bundle, photo, answer)
            self.logits += [face.answer.logits for face in answer.faces]

    def inputs(self, head: Head, calibration: Calibration) -> dict[str, list[float]]:
        """INPUTS of every face under the calibration of the first head that was fitted."""
        found = {name: [face[name] for face in self.measured] for name in INPUTS}
        told = [calibration.answer(head, logits).confidence for logits in self.logits]
        return found | {"confidence": told}


@dataclass(frozen=True)
class HeadLogits:
    """What a head gave for pictures that could be read, and the numbers of their labels."""

    head: Head
    logits: Floats
    """N×width, before calibration."""
    codes: Codes

    def __add__(self, other: HeadLogits) -> HeadLogits:
        logits = np.concatenate([self.logits, other.logits])
        return HeadLogits(self.head, logits, np.concatenate([self.codes, other.codes]))


def calibrate_bundle(
    bundle: Bundle,
    manifest: Manifest,
    detector: Detector,
    columns: Mapping[str, str] | None = None,
) -> tuple[Bundle, CalibrationFaces]:
    """The bundle with a calibration of each head for each test-time augmentation, written.

    ``columns`` say where further heads find their truth, see ``find_columns``; those without a
    column keep what they have. Each picture teaches it twice, the second time as its mirror image,
    unless the augmentation looks at both anyway. What its own augmentation saw is what
    ``note_inputs`` takes: the graph, the views and the pictures are those that the reference for
    drift is about.
    """
    truth = _Truth.of(bundle, manifest, columns)
    specs: dict[Tta, dict[str, CalibrationSpec]] = {}
    seen = CalibrationFaces()
    for tta in TTA:
        kept = seen if tta == bundle.description.inference.tta else None
        plain = truth.ask(_predictor(bundle, detector, tta, attributes=truth.further), kept)
        mirrored = _ask_mirrored(bundle, detector, tta, truth)
        specs[tta] = {name: _fit(found, mirrored.get(name)) for name, found in plain.items()}
    heads = tuple(_calibrated(spec, bundle, specs) for spec in bundle.description.heads)
    changed = bundle.description.model_copy(update={"heads": heads})
    return write_bundle(bundle.path, changed), seen


def predict_crops(
    bundle: Bundle, manifest: Manifest, detector: Detector, attributes: Iterable[str] = ()
) -> pa.Table:
    """The predictions table of pictures that are face crops, with what further heads say."""
    predictor = _predictor(bundle, detector, attributes=attributes)
    return predict_manifest(predictor, manifest, faces="cropped")


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
    reference = build_reference(seen.inputs(bundle.head, bundle.calibration), data[:200])
    return write_reference(bundle, reference)


@dataclass(frozen=True)
class _Truth:
    """Labelled pictures, and what they say of each head that they tell of."""

    bundle: Bundle
    manifest: Manifest
    codes: Mapping[str, Codes]

    @classmethod
    def of(cls, bundle: Bundle, manifest: Manifest, told: Mapping[str, str] | None) -> _Truth:
        first, *further = bundle.heads
        codes = {first.name: read_codes(first, "label", manifest)}
        columns = find_columns(bundle, manifest, told)
        for head in further:
            if head.name in columns:
                codes[head.name] = read_codes(head, columns[head.name], manifest)
        return cls(bundle, manifest, codes)

    @property
    def further(self) -> tuple[str, ...]:
        return tuple(self.codes)[1:]

    def ask(
        self, predictor: Predictor, seen: CalibrationFaces | None = None
    ) -> dict[str, HeadLogits]:
        """What each of the heads gives; ``seen`` takes what is measured of the faces."""
        rows: list[int] = []
        told: list[list[tuple[float, ...]]] = []
        for row, (answer, photo) in enumerate(
            answer_manifest(predictor, self.manifest, faces="cropped")
        ):
            if seen is not None:
                seen.note(self.bundle, answer, photo)
            if answer.faces:
                face = answer.faces[0]
                rows.append(row)
                told.append([one.logits for one in (face.answer, *face.attributes)])
        return {name: self._of_head(name, rows, told) for name in self.codes}

    def _of_head(
        self, name: str, rows: list[int], told: list[list[tuple[float, ...]]]
    ) -> HeadLogits:
        """Only of the pictures that say which label it is, and got numbers."""
        head = next(head for head in self.bundle.heads if head.name == name)
        place = list(self.codes).index(name)
        logits = np.asarray([one[place] for one in told], np.float64).reshape(-1, head.width)
        codes = self.codes[name][rows]
        known = (codes >= 0) & np.isfinite(logits).all(axis=1)
        return HeadLogits(head, logits[known], codes[known])


def _ask_mirrored(
    bundle: Bundle, detector: Detector, tta: Tta, truth: _Truth
) -> dict[str, HeadLogits]:
    """What the mirror images get; nothing where they are among the views."""
    if any(view.flip for view in VIEWS[tta]):
        return {}
    views = tuple(replace(view, flip=True) for view in VIEWS[tta])
    predictor = _predictor(bundle, detector, views=views, attributes=truth.further)
    return truth.ask(predictor)


def _predictor(
    bundle: Bundle,
    detector: Detector,
    tta: Tta | None = None,
    *,
    views: tuple[TtaView, ...] | None = None,
    attributes: Iterable[str] = (),
) -> Predictor:
    """Of pictures that are face crops."""
    classifier = BundleClassifier(bundle, tta=tta, views=views)
    settings = Settings(faces="cropped", attributes=",".join(attributes))
    return Predictor(classifier, settings, faces=detector)


def _calibrated(
    spec: HeadSpec, bundle: Bundle, found: Mapping[Tta, Mapping[str, CalibrationSpec]]
) -> HeadSpec:
    """A head with what was fitted; one that was not asked stays as it is."""
    own = bundle.description.inference.tta
    fitted = {tta: specs[spec.name] for tta, specs in found.items() if spec.name in specs}
    if not fitted:
        return spec
    others = {tta: one for tta, one in fitted.items() if tta != own}
    return spec.model_copy(update={"calibration": fitted[own], "calibrations": others})


def _fit(found: HeadLogits, mirrored: HeadLogits | None) -> CalibrationSpec:
    """Mirror images help to find the curve; thresholds count every picture once."""
    head = found.head
    if not len(found.logits):
        raise DataError(
            f"no readable picture says which {head.name} it shows, so nothing can be calibrated; "
            "give pictures with that label, in the split 'calibration' too"
        )
    every = found if mirrored is None else found + mirrored
    fitted = fit_head(head, every.logits, every.codes)
    calibration = Calibration(
        round(fitted.temperature, 4),
        round(ABSTAIN_BELOW / len(head.labels), 4),
        round(fitted.exponent, 4),
    )
    return CalibrationSpec(
        temperature=calibration.temperature,
        abstain_below=calibration.abstain_below,
        exponent=calibration.exponent,
        thresholds=_thresholds(calibration.shares(head, found.logits), found.codes),
        count=len(found.logits),
    )


def _thresholds(shares: Floats, codes: Codes) -> tuple[ThresholdSpec, ...]:
    """A threshold for each target that can be reached; the others are missing."""
    last = shares.shape[1] - 1
    wrong = last - shares[:, ::-1].argmax(axis=1) != codes
    chosen = (
        choose_threshold(shares.max(axis=1), wrong, target, lowest=1.0 / shares.shape[1])
        for target in TARGET_ERRORS
    )
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
