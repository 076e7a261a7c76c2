"""A bundle with one head more, calibrated and measured; the first head's answers keep every bit."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

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
    load_bundle,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.detection.detectors import create_detector
from genderlens.errors import BundleError
from genderlens.export.calibrate import calibrate_bundle
from genderlens.export.finish import write_papers
from genderlens.export.golden import add_golden, draw_pictures
from genderlens.export.measure import measure_bundle
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.heads import Head
from genderlens.pictures.imaging import normalize
from genderlens.run_folder import RunFolder
from genderlens.storage import sha256_of_file
from tools.further_head.graph import Floats, append_head, read_weights

_ROUNDED = 2e-3
"""How far a weight stored in half precision may lie from the trained one."""


def make_bundle(
    bundle: Bundle, run: RunFolder, column: str, head: Head, out: Path, *, abstain_below: float
) -> Bundle:
    """Write the bundle with the head; ``out`` appears whole or not at all.

    Both are calibrated and measured on parts of the run's pictures that taught nothing; of the
    first head nothing changes. Raises BundleError where the run is not that of the bundle, or did
    not learn the column.
    """
    _require_new(bundle, head)
    weights, bias = _trained(run, column, head)
    with draft_folder(out) as draft:
        shutil.copytree(bundle.path, draft, dirs_exist_ok=True)
        for name in (MODEL, INT8_MODEL):
            if name in bundle.description.files:
                _append(draft / name, run, head, weights, bias)
        made = add_golden(write_bundle(draft, _describe(bundle, draft, head)))
        _require_same_answers(bundle, made)
        _finish(made, bundle, run.manifest(), {head.name: column}, abstain_below)
        put_folder(draft, out)
    return load_bundle(str(out))


def _require_new(bundle: Bundle, head: Head) -> None:
    if any(head.name == one.name or head.output == one.output for one in bundle.heads):
        raise BundleError(f"{bundle.version} answers {head.name!r} already; give another name")


def _finish(
    made: Bundle,
    bundle: Bundle,
    manifest: Manifest,
    columns: dict[str, str],
    abstain_below: float,
) -> None:
    """Calibrate, measure on ``val`` and write the papers; the first head stays as it was."""
    detector, old = create_detector(), bundle.description
    made, _ = calibrate_bundle(made, manifest.select("calibration"), detector, columns)
    further = _abstaining(made.description.heads[-1], abstain_below)
    heads = (*old.heads, further)
    made = write_bundle(made.path, made.description.model_copy(update={"heads": heads}))
    judging, data = manifest.select("val"), f"{old.provenance.data}, split val"
    if len(judging):
        measured = measure_bundle(made, judging, detector, data, columns).description.heads[-1]
        heads = (*old.heads, measured)
    kept = {"heads": heads, "evaluation": old.evaluation}
    write_papers(write_bundle(made.path, made.description.model_copy(update=kept)), manifest)


def _abstaining(spec: HeadSpec, below: float) -> HeadSpec:
    """With the same threshold for each test-time augmentation."""
    chosen = {"abstain_below": below}
    others = {tta: one.model_copy(update=chosen) for tta, one in spec.calibrations.items()}
    calibration = spec.calibration.model_copy(update=chosen)
    return spec.model_copy(update={"calibration": calibration, "calibrations": others})


def _trained(run: RunFolder, column: str, head: Head) -> tuple[Floats, Floats]:
    """Weights and bias of an auxiliary head, its rows in the order of the head's labels."""
    learnt = cast("dict[str, list[str]]", run.read("run.json")["auxiliary"])
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


def _describe(bundle: Bundle, draft: Path, head: Head) -> Description:
    now = datetime.now(UTC)
    plain = CalibrationSpec(temperature=1.0, abstain_below=0.0)
    further = HeadSpec(**head.to_dict(), output=head.output, calibration=plain)
    changed = {
        "version": f"{now:%Y%m%d}-{sha256_of_file(draft / MODEL)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "heads": (*bundle.description.heads, further),
    }
    return bundle.description.model_copy(update=changed)
