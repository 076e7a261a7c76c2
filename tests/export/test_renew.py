"""An existing bundle calibrated, quantised and measured anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from typer.testing import CliRunner

import photos
from genderlens.bundle import INT8_MODEL, MODEL, Bundle, load_bundle
from genderlens.cli.app import app
from genderlens.data.readers import read_source
from genderlens.errors import BundleError, EmptyClassError
from genderlens.export.int8 import precision
from genderlens.export.int8.saturation import list_pair_sums
from genderlens.export.renew import renew_bundle


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crops of one portrait in every split, each a little different."""
    root = tmp_path_factory.mktemp("faces")
    face, rng = photos.portrait().crop((150, 40, 300, 190)), np.random.default_rng(1)
    for split, count in (("train", 8), ("calibration", 6), ("val", 6)):
        for label in ("female", "male"):
            folder = root / split / label
            folder.mkdir(parents=True)
            for index in range(count):
                noise = rng.integers(0, 60, (150, 150, 3))
                values = np.clip(np.asarray(face) + noise, 0, 255).astype(np.uint8)
                Image.fromarray(values).save(folder / f"{index}.png")
    return root


def test_the_network_stays_and_the_rest_is_new(
    faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "STATIC_METHODS", ("minmax",))
    monkeypatch.setattr(precision, "KEPT_IN_FLOAT", (0,))
    monkeypatch.setattr(precision, "measure_speed_ratio", lambda *_: 3.0)
    monkeypatch.setattr(precision.Loss, "broken_rules", lambda _: [])
    out, shipped = tmp_path / "renewed", load_bundle()
    arguments = ["calibrate", "default", "--data", str(faces), "--out", str(out), "--int8"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "INT8 runs at 3.0 times the speed of FP32 and holds the rule" in done.output
    renewed = load_bundle(str(out))
    assert (out / MODEL).read_bytes() == (shipped.path / MODEL).read_bytes()
    assert renewed.version != shipped.version
    assert renewed.description.provenance == shipped.description.provenance
    assert renewed.description.crop == shipped.description.crop
    assert renewed.description.calibration.count == 12
    evaluation = renewed.description.evaluation
    assert evaluation is not None
    assert evaluation.overall.count == 12
    assert all(pair.fits for pair in list_pair_sums(onnx.load(out / INT8_MODEL)))
    assert renewed.version in (out / "MODEL_CARD.md").read_text("utf-8").replace(" ", "-")


def test_without_a_calibration_split_the_recipe_that_trained_it_decides(
    faces: Path, tmp_path: Path
) -> None:
    manifest = read_source(str(faces))
    rows = [row for row, split in enumerate(manifest.column("split")) if split != "calibration"]
    renewed = renew_bundle(load_bundle(), manifest.take(rows), tmp_path / "renewed")
    assert renewed.description.precision.serves == "fp32"
    assert renewed.description.calibration.count >= 2


def test_a_bundle_without_a_recipe_needs_the_split(faces: Path, tmp_path: Path) -> None:
    bundle, manifest = load_bundle(), read_source(str(faces)).select("train")
    provenance = bundle.description.provenance.model_copy(update={"recipe": {}})
    foreign = Bundle(bundle.path, bundle.description.model_copy(update={"provenance": provenance}))
    with pytest.raises(BundleError, match=r"stores no recipe .*split 'calibration'"):
        renew_bundle(foreign, manifest, tmp_path / "renewed")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_a_label_is_missing(faces: Path, tmp_path: Path) -> None:
    manifest = read_source(str(faces))
    rows = [
        row
        for row, (split, label) in enumerate(
            zip(manifest.column("split"), manifest.labels, strict=True)
        )
        if split != "val" or label == "male"
    ]
    with pytest.raises(EmptyClassError):
        renew_bundle(load_bundle(), manifest.take(rows), tmp_path / "renewed")
    assert list(tmp_path.iterdir()) == []
