"""A bundle with one head more, calibrated and measured; the first head's answers keep every bit."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load_file

from genderlens.bundle import (
    INT8_MODEL,
    MODEL,
    Bundle,
    CalibrationSpec,
    Description,
    HeadSpec,
    ThresholdSpec,
    load_bundle,
    write_bundle,
)
from genderlens.calibration import choose_threshold, fit_head
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import BundleError
from genderlens.export.calibrate import TARGET_ERRORS
from genderlens.export.golden import add_golden, draw_pictures
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.heads import Head
from genderlens.inference.classifiers import BundleClassifier
from genderlens.pictures.imaging import decode_image, normalize
from genderlens.run_folder import RunFolder
from genderlens.storage import sha256_of_file
from tools.further_head.graph import Floats, append_head, read_weights

_ROUNDED = 2e-3
"""How far a weight stored in half precision may lie from the trained one."""


def make_bundle(
    bundle: Bundle,
    run: RunFolder,
    column: str,
    head: Head,
    out: Path,
    *,
    abstain_below: float,
) -> Bundle:
    """Write the bundle with the head; ``out`` appears whole or not at all.

    Raises BundleError where the run is not that of the bundle, or did not learn the column.
    """
    weights, bias = _trained(run, column, head)
    with draft_folder(out) as draft:
        shutil.copytree(bundle.path, draft, dirs_exist_ok=True)
        for name in (MODEL, INT8_MODEL):
            if name in bundle.description.files:
                _append(draft / name, run, head, weights, bias)
        made = add_golden(write_bundle(draft, _describe(bundle, draft, head, None)))
        _require_same_answers(bundle, made)
        spec = _calibrate(made, run.manifest().select("calibration"), column, head, abstain_below)
        write_bundle(draft, _describe(bundle, draft, head, spec))
        put_folder(draft, out)
    return load_bundle(str(out))


def _trained(run: RunFolder, column: str, head: Head) -> tuple[Floats, Floats]:
    """Weights and bias of an auxiliary head, its rows in the order of the head's labels."""
    learnt: dict[str, list[str]] = run.read("run.json")["auxiliary"]
    if column not in learnt or sorted(learnt[column]) != sorted(head.labels):
        told = ", ".join(learnt.get(column, [])) or "no such column"
        raise BundleError(f"{run.path} learnt {column!r}: {told}; give its words in their order")
    before = list(learnt)[: list(learnt).index(column)]
    start = 1 + sum(len(learnt[name]) for name in before)
    rows = [start + learnt[column].index(label) for label in head.labels]
    weights, bias = _classifier(run)
    return weights[rows], bias[rows]


def _classifier(run: RunFolder) -> tuple[Floats, Floats]:
    stored = load_file(run.last)
    return stored["classifier.weight"], stored["classifier.bias"]


def _append(path: Path, run: RunFolder, head: Head, weights: Floats, bias: Floats) -> None:
    model = onnx.load(path)
    own = _classifier(run)[0][:1]
    if not np.allclose(read_weights(model), own, atol=_ROUNDED, rtol=_ROUNDED):
        raise BundleError(f"{path.name} holds other weights than {run.last}; give the bundle's run")
    append_head(model, head, weights, bias)
    onnx.save(model, path)


def _require_same_answers(before: Bundle, after: Bundle) -> None:
    """BundleError where a logit of the drawn pictures differs in any bit."""
    spec = before.description.input
    values = normalize(draw_pictures(spec.shape), spec.mean, spec.std)
    for name in (MODEL, INT8_MODEL):
        if name not in before.description.files:
            continue
        sessions = [Session(one.read_graph(name), name=name) for one in (before, after)]
        was, now = (one.run({one.input_name: values}, [LOGIT])[0] for one in sessions)
        if not np.array_equal(was, now):
            raise BundleError(f"{name} answers otherwise with the further head")


def _describe(bundle: Bundle, draft: Path, head: Head, spec: HeadSpec | None) -> Description:
    now = datetime.now(UTC)
    plain = CalibrationSpec(temperature=1.0, abstain_below=1.0 / len(head.labels))
    further = spec or HeadSpec(**head.to_dict(), output=head.output, calibration=plain)
    others = tuple(one for one in bundle.description.heads if one.name != head.name)
    changed = {
        "version": f"{now:%Y%m%d}-{sha256_of_file(draft / MODEL)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "heads": (*others, further),
    }
    return bundle.description.model_copy(update=changed)


def _calibrate(
    bundle: Bundle, manifest: Manifest, column: str, head: Head, abstain_below: float
) -> HeadSpec:
    """Temperature and thresholds on face crops that taught nothing, each seen mirrored as well."""
    logits, codes = _ask(bundle, manifest, column, head)
    twice = np.concatenate([codes, codes])
    fitted = fit_head(head, logits.reshape(-1, head.width), twice)
    shares = fitted.shares(head, logits[0])
    confidence, wrong = shares.max(axis=1), shares.argmax(axis=1) != codes
    lowest = 1.0 / len(head.labels)
    found = [choose_threshold(confidence, wrong, target, lowest=lowest) for target in TARGET_ERRORS]
    thresholds = tuple(
        ThresholdSpec(
            target_error=one.target_error,
            abstain_below=round(one.abstain_below, 6),
            coverage=round(one.coverage, 5),
            error=round(one.error, 5),
        )
        for one in found
        if one is not None
    )
    calibration = CalibrationSpec(
        temperature=round(fitted.temperature, 4),
        abstain_below=abstain_below,
        thresholds=thresholds,
        count=len(codes),
    )
    return HeadSpec(**head.to_dict(), output=head.output, calibration=calibration)


def _ask(
    bundle: Bundle, manifest: Manifest, column: str, head: Head
) -> tuple[
    np.ndarray[tuple[int, ...], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.int64]]
]:
    """2×N×labels logits, plain and mirrored, and the label's number of each of the N pictures."""
    from PIL import ImageOps

    classifier = BundleClassifier(bundle)
    known = [i for i, word in enumerate(manifest.column(column)) if word is not None]
    chosen = manifest.take(known)
    rows: list[list[tuple[float, ...]]] = [[], []]
    for content in iterate_image_bytes(chosen):
        image = decode_image(content)
        for side, view in enumerate((image, ImageOps.mirror(image))):
            ((found,),) = classifier.logits(view, (None,), (head,))
            rows[side].append(found)
    codes = np.asarray([head.index(str(word)) for word in chosen.column(column)], dtype=np.int64)
    return np.asarray(rows, dtype=np.float64), codes
