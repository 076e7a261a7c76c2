"""Run folder in, bundle out: graph, geometry, calibration, measured accuracy, model card."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from genderlens.bundle import (
    CARD,
    DESCRIPTION,
    MODEL,
    Bundle,
    CalibrationSpec,
    CropSpec,
    Description,
    Evaluation,
    InputSpec,
    Provenance,
    Share,
    load_bundle,
    write_bundle,
)
from genderlens.calibration import fit_temperature
from genderlens.data.images import iterate_image_bytes
from genderlens.data.manifest import Manifest
from genderlens.detection import Detector
from genderlens.detection.faces import CenterFace
from genderlens.errors import BundleError
from genderlens.evaluation.groups import Scores, accuracy_by_group
from genderlens.evaluation.metrics import Proportion
from genderlens.export.from_torch import (
    check_parity,
    count_parameters,
    export_onnx,
    load_gender_network,
)
from genderlens.export.model_card import render_model_card
from genderlens.imaging import decode_image, normalize, resize_square
from genderlens.inference.predictor import Predictor
from genderlens.inference.table import predict_manifest
from genderlens.settings import Settings
from genderlens.storage import sha256_of_file
from genderlens.training.geometry import learn_crop_geometry
from genderlens.training.run import RunFolder

ABSTAIN_BELOW = 0.55
"""Below this calibrated confidence an answer is little better than a coin."""


def export_bundle(
    run: RunFolder,
    out: Path,
    *,
    name: str,
    data: str,
    licence: str,
    attribution: str,
    evaluate_split: str = "val",
) -> Bundle:
    """Write a bundle; ``out`` appears whole or not at all.

    Temperature is fitted on the run's ``calibration`` split and accuracy is measured on
    ``evaluate_split``, both through ONNX Runtime and the preprocessing that serves.
    """
    run.require_finished()
    _require_replaceable(out)
    manifest = run.manifest()
    judging = manifest.select(evaluate_split).require_both_labels()
    draft = out.with_name(f".{out.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    detector = CenterFace()
    teaching = manifest.select("train")
    description = _describe(run, draft, name, (data, licence, attribution), teaching, detector)
    bundle = write_bundle(draft, description)
    bundle = _calibrate(bundle, manifest.select("calibration"), detector)
    bundle = _evaluate(bundle, judging, detector, f"{data}, split {evaluate_split}")
    write_card(bundle)
    shutil.rmtree(out, ignore_errors=True)
    draft.rename(out)
    return load_bundle(str(out))


def write_card(bundle: Bundle) -> Bundle:
    """Render MODEL_CARD.md from the description and sign it."""
    (bundle.path / CARD).write_text(render_model_card(bundle.description), "utf-8")
    return write_bundle(bundle.path, bundle.description)


def _require_replaceable(out: Path) -> None:
    """BundleError where ``out`` holds something else than a bundle, which would be lost."""
    if out.exists() and not (out / DESCRIPTION).is_file() and (out.is_file() or any(out.iterdir())):
        raise BundleError(f"{out} exists and is no bundle; give a new folder with --out")


def _describe(
    run: RunFolder,
    draft: Path,
    name: str,
    source: tuple[str, str, str],
    teaching: Manifest,
    detector: Detector,
) -> Description:
    recipe, facts = run.recipe(), run.read("run.json")
    network = load_gender_network(run)
    export_onnx(network, recipe.input.size_px, draft / MODEL)
    spec = InputSpec(**recipe.input.model_dump())
    check_parity(network, draft / MODEL, _examples(teaching, spec))
    crop = learn_crop_geometry(teaching, detector)
    now = datetime.now(UTC)
    return Description(
        name=name,
        version=f"{now:%Y%m%d}-{sha256_of_file(draft / MODEL)[:8]}",
        created=now.isoformat(timespec="seconds"),
        input=spec,
        crop=CropSpec(**asdict(crop)),
        calibration=CalibrationSpec(temperature=1.0, abstain_below=0.5),
        provenance=Provenance(
            data=source[0],
            licence=source[1],
            attribution=source[2],
            architecture=recipe.model.architecture,
            parameters=count_parameters(network),
            recipe=recipe.model_dump(mode="json"),
            recipe_sha256=recipe.fingerprint(),
            manifest_sha256=str(facts["manifest_sha256"]),
            train_rows=len(teaching),
        ),
    )


def _examples(manifest: Manifest, spec: InputSpec, count: int = 64) -> np.ndarray:
    contents = iterate_image_bytes(manifest.take(range(min(count, len(manifest)))))
    squares = [
        resize_square(decode_image(content), spec.size_px, interpolation=spec.interpolation)
        for content in contents
    ]
    return normalize(np.stack(squares), spec.mean, spec.std)


def _predict(bundle: Bundle, manifest: Manifest, detector: Detector) -> pa.Table:
    predictor = Predictor(bundle, Settings(faces="cropped"), faces=detector)
    return predict_manifest(predictor, manifest, faces="cropped")


def _calibrate(bundle: Bundle, manifest: Manifest, detector: Detector) -> Bundle:
    table = _predict(bundle, manifest, detector)
    logits = np.asarray(table.column("logit").to_pylist(), dtype=np.float64)
    male = np.asarray([label == "male" for label in manifest.labels], dtype=np.float64)
    read = np.isfinite(logits)
    spec = CalibrationSpec(
        temperature=round(fit_temperature(logits[read], male[read]), 4), abstain_below=ABSTAIN_BELOW
    )
    return write_bundle(bundle.path, bundle.description.model_copy(update={"calibration": spec}))


def _evaluate(bundle: Bundle, manifest: Manifest, detector: Detector, data: str) -> Bundle:
    table = _predict(bundle, manifest, detector)
    scores = Scores(table)
    columns = {"label": list(manifest.labels)}
    columns |= {name: manifest.column(name) for name in manifest.attributes}  # type: ignore[misc]
    groups = accuracy_by_group(scores, columns)
    evaluation = Evaluation(
        data=data,
        faces="cropped",
        overall=_share(scores.accuracy()),
        abstained=_share(scores.abstentions()),
        metrics={name: round(value, 5) for name, value in scores.metrics().items()},
        groups={
            column: {value: _share(share) for value, share in by_value.items()}
            for column, by_value in groups.items()
        },
    )
    return write_bundle(
        bundle.path, bundle.description.model_copy(update={"evaluation": evaluation})
    )


def _share(measured: Proportion) -> Share:
    return Share(
        value=round(measured.value, 5),
        low=round(measured.low, 5),
        high=round(measured.high, 5),
        count=measured.count,
    )
