"""From a graph and its crop geometry to a finished bundle: calibrated, measured, described."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genderlens.bundle import CARD, DATASHEET, DESCRIPTION, Bundle, write_bundle
from genderlens.data.manifest import Manifest
from genderlens.data.splits.asked import select_split
from genderlens.detection import Detector
from genderlens.errors import BundleError
from genderlens.export.calibrate import calibrate_bundle, note_inputs
from genderlens.export.cards.datasheet import render_datasheet
from genderlens.export.cards.model_card import render_model_card
from genderlens.export.int8.precision import add_int8
from genderlens.export.measure import measure_bundle
from genderlens.export.steadiness import note_box_jitter


def finish_bundle(
    bundle: Bundle,
    manifest: Manifest,
    detector: Detector,
    *,
    split: str,
    data: str,
    int8: bool,
    columns: Mapping[str, str] | None = None,
) -> Bundle:
    """The bundle with calibration, INT8 graph where wanted, accuracy, card and datasheet, written.

    The calibration is fitted on the manifest's split ``calibration``, ranges of activations come
    from ``train`` (without one, from ``calibration``), accuracy is measured on ``split``; all
    through ONNX Runtime and the preprocessing that serves. ``data`` names the pictures on the card;
    ``columns`` say where further heads find their truth.
    """
    judging = select_split(manifest, split).require_labels(bundle.description.labels)
    calibrating = manifest.select("calibration")
    bundle, seen = calibrate_bundle(bundle, calibrating, detector, columns)
    if int8:
        teaching = manifest.select("train")
        bundle = add_int8(bundle, teaching if len(teaching) else calibrating, judging)
        if bundle.description.precision.serves == "int8":
            bundle, seen = calibrate_bundle(bundle, calibrating, detector, columns)
    bundle = note_inputs(bundle, calibrating, seen)
    bundle = measure_bundle(bundle, judging, detector, f"{data}, split {split}", columns)
    bundle = note_box_jitter(bundle, judging, detector)
    return write_papers(bundle, manifest)


def require_replaceable(out: Path) -> None:
    """BundleError where ``out`` holds something else than a bundle, which would be lost."""
    if out.exists() and not (out / DESCRIPTION).is_file() and (out.is_file() or any(out.iterdir())):
        raise BundleError(f"{out} exists and is no bundle; give a new folder with --out")


def write_papers(bundle: Bundle, manifest: Manifest) -> Bundle:
    """Render the model card and the datasheet of the data that made it, and sign them.

    Of what made a model of elsewhere, nothing is known that a datasheet could say.
    """
    description = bundle.description
    (bundle.path / CARD).write_text(render_model_card(description), "utf-8")
    if description.imported is None:
        (bundle.path / DATASHEET).write_text(render_datasheet(description, manifest), "utf-8")
    return write_bundle(bundle.path, bundle.description)
