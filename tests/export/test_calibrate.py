"""From logits with labels to what a bundle stores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import ClassFolders
from genderlens.bundle import load_bundle
from genderlens.calibration import Calibration
from genderlens.data.readers import read_source
from genderlens.detection.faces import CenterFace
from genderlens.errors import DataError
from genderlens.export import calibrate
from genderlens.export.calibrate import (
    TARGET_ERRORS,
    HeadLogits,
    _fit,
    calibrate_bundle,
    note_inputs,
)
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.inference import drift_reference as reference
from genderlens.inference.drift_reference import learn_reference, read_reference
from tiny_bundles import make_bundle


def _table(noise: float, count: int = 2000) -> HeadLogits:
    """Logits whose confidence means what it says, but for the share of wrong labels."""
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 5, count)
    male = rng.random(count) < Calibration().probability_positive(logits)
    male ^= rng.random(count) < noise
    return HeadLogits(GENDER, logits[:, None], male.astype(np.int64))


def test_every_target_has_a_stricter_threshold_than_the_next() -> None:
    spec = _fit(_table(0.0), None)
    assert spec.count == 2000
    assert spec.temperature == pytest.approx(1.0, abs=0.15)
    assert tuple(entry.target_error for entry in spec.thresholds) == TARGET_ERRORS
    below = [entry.abstain_below for entry in spec.thresholds]
    coverage = [entry.coverage for entry in spec.thresholds]
    assert below == sorted(below, reverse=True)
    assert coverage == sorted(coverage)
    assert all(entry.error <= entry.target_error for entry in spec.thresholds)


def test_targets_out_of_reach_are_missing() -> None:
    targets = [entry.target_error for entry in _fit(_table(0.025), None).thresholds]
    assert 0.005 not in targets
    assert 0.05 in targets


def test_pictures_that_could_not_be_read_teach_nothing(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    bundle = load_bundle(str(make_bundle(tmp_path / "bundle", "tiny", gain=1.0)))
    manifest = read_source(str(class_folders(3)))
    Path(manifest.uris[0]).write_bytes(b"broken")
    calibrated, _ = calibrate_bundle(bundle, manifest, CenterFace())
    assert calibrated.description.calibration.count == 5


def test_other_heads_get_a_temperature_and_thresholds_of_their_own() -> None:
    looks = Head("look", ("feminine", "masculine", "androgynous"), "categorical")
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, 3000)
    logits = rng.normal(0, 1, (3000, 3)) + 2.0 * np.eye(3)[codes]
    sure = HeadLogits(looks, 3.0 * logits, codes)
    spec = _fit(sure, None)
    assert spec.temperature == pytest.approx(
        3.0 * _fit(HeadLogits(looks, logits, codes), None).temperature, rel=1e-3
    )
    assert (spec.exponent, spec.count, spec.abstain_below) == (1.0, 3000, round(1.1 / 3, 4))
    assert [entry.target_error for entry in spec.thresholds] == [
        *TARGET_ERRORS[-len(spec.thresholds) :]
    ]
    assert spec.thresholds


def test_a_head_without_pictures_is_named() -> None:
    with pytest.raises(DataError, match="no readable picture says which gender it shows"):
        _fit(HeadLogits(GENDER, np.empty((0, 1)), np.empty(0, np.int64)), None)


def test_mirror_images_help_with_the_curve_and_count_for_no_threshold() -> None:
    plain, both = _fit(_table(0.0, 500), None), _fit(_table(0.0, 500), _table(0.1, 500))
    assert both.count == plain.count == 500
    assert (both.temperature, both.exponent) != (plain.temperature, plain.exponent)
    assert both.exponent < plain.exponent  # further out, doubted labels make it less sure


def test_what_calibrated_a_bundle_is_its_reference(
    tmp_path: Path, class_folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = load_bundle(str(make_bundle(tmp_path / "bundle", "tiny", gain=1.0)))
    manifest = read_source(str(class_folders(6)))
    calibrated, seen = calibrate_bundle(bundle, manifest, CenterFace())
    assert note_inputs(calibrated, manifest, seen) is calibrated
    for module in (calibrate, reference):
        monkeypatch.setattr(module, "MIN_FACES", 12)
    noted = note_inputs(calibrated, manifest, seen)
    found = read_reference(noted)
    assert found is not None
    assert found.faces == 12
    assert found.data.endswith(", split calibration")
    assert noted.version == bundle.version
    own = noted.description.inference.tta
    predictor = calibrate._predictor(noted, CenterFace(), own)
    asked_again = learn_reference(predictor, manifest, faces="cropped", data=found.data)
    assert found == asked_again


def test_unreadable_pictures_must_not_take_the_reference_away(
    tmp_path: Path, class_folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = load_bundle(str(make_bundle(tmp_path / "bundle", "tiny")))
    manifest = read_source(str(class_folders(6)))
    Path(manifest.uris[0]).write_bytes(b"broken")
    monkeypatch.setattr(calibrate, "MIN_FACES", 12)
    calibrated, seen = calibrate_bundle(bundle, manifest, CenterFace())
    with pytest.raises(DataError, match=r"^11 readable pictures .* 12 do"):
        note_inputs(calibrated, manifest, seen)
