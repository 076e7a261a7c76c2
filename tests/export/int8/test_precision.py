"""FP32 or INT8: what the search finds, writes and says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.bundle import (
    INT8_MODEL,
    MODEL,
    Bundle,
    default_bundle_path,
    load_bundle,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import BundleIntegrityError, SettingsError
from genderlens.export.int8 import precision
from genderlens.export.int8.precision import Search, add_int8
from genderlens.export.int8.quantize import FloatGraph, Method
from genderlens.export.int8.verify import Loss, measure_loss
from genderlens.inference.predictor import create_predictor
from genderlens.settings import Settings
from genderlens.types import Precision
from tiny_bundles import describe_fp32

KEPT = Loss(0.001, "age=old", 0.004, 0.02, 0.02)
BROKEN = Loss(0.01, "age=old", 0.004, 0.02, 0.02)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    folder = Path(shutil.copytree(default_bundle_path(), tmp_path / "bundle"))
    (folder / INT8_MODEL).unlink()
    return write_bundle(folder, describe_fp32())


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Crops of one portrait, each a little different."""
    root = tmp_path_factory.mktemp("faces")
    face, rng = photos.portrait().crop((150, 40, 300, 190)), np.random.default_rng(1)
    for label in ("female", "male"):
        (root / label).mkdir()
        for index in range(16):
            noise = rng.integers(0, 60, (150, 150, 3))
            values = np.clip(np.asarray(face) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(values).save(root / label / f"{index}.png")
    return read_source(str(root))


@pytest.fixture(scope="module")
def known() -> dict[object, Any]:
    """Graphs and orders that a search of this module made; all search the same, from the same."""
    return {}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch, known: dict[object, Any]) -> pytest.MonkeyPatch:
    """A short search of a few layers, on a machine where INT8 is fast; no graph twice."""
    quantize, order = Search._quantize, Search.__dict__["_by_sensitivity"].func
    all_layers = FloatGraph.__dict__["layers"].fget

    def quantize_once(search: Search, method: Method, keep_float: Sequence[str]) -> bytes:
        key = (method, *keep_float)
        if key not in known:
            known[key] = quantize(search, method, keep_float)
        graph: bytes = known[key]
        return graph

    def order_once(search: Search) -> tuple[str, ...]:
        if order not in known:
            known[order] = order(search)
        layers: tuple[str, ...] = known[order]
        return layers

    monkeypatch.setattr(FloatGraph, "layers", property(lambda graph: all_layers(graph)[::8]))
    monkeypatch.setattr(Search, "_quantize", quantize_once)
    monkeypatch.setattr(Search, "_by_sensitivity", property(order_once))
    monkeypatch.setattr(precision, "CALIBRATION_PICTURES", 8)
    monkeypatch.setattr(precision, "STATIC_METHODS", ("minmax",))
    monkeypatch.setattr(precision, "KEPT_IN_FLOAT", (0, 2))
    monkeypatch.setattr(precision, "measure_speed_ratio", lambda *_: 3.0)
    monkeypatch.setattr(precision, "measure_loss", lambda *_: KEPT)
    return monkeypatch


def test_a_graph_that_holds_the_rule_serves(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    found = add_int8(bundle, faces, faces)
    spec = found.description.precision
    assert (spec.serves, spec.reason) == (
        "int8",
        "INT8 runs at 3.0 times the speed of FP32 and holds the rule",
    )
    assert spec.int8 is not None
    assert (spec.int8.method, spec.int8.float_layers, spec.int8.pictures) == ("minmax", (), 32)
    assert spec.parity.int8 is not None
    assert 0 < spec.parity.int8.logit < 2
    assert found.version != bundle.version
    sizes = [(found.path / name).stat().st_size for name in (INT8_MODEL, MODEL)]
    assert sizes[0] < 0.6 * sizes[1]  # the shipped float graph is stored in half precision
    assert load_bundle(str(found.path)).description == found.description


def test_the_rule_is_asked_of_both_graphs(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def judge(judged: object, fp32: np.ndarray, int8: np.ndarray) -> Loss:
        seen.append(float(np.abs(fp32 - int8).max()))
        assert measure_loss(judged, fp32, fp32).accuracy == 0  # type: ignore[arg-type]
        return KEPT

    narrow.setattr(precision, "measure_loss", judge)
    add_int8(bundle, faces, faces)
    assert 0 < seen[0] < 2


def test_layers_stay_in_float_until_the_rule_holds(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    verdicts = iter((BROKEN, KEPT))
    narrow.setattr(precision, "measure_loss", lambda *_: next(verdicts))
    figures = add_int8(bundle, faces, faces).description.precision.int8
    assert figures is not None
    assert len(figures.float_layers) == 2


def test_a_broken_rule_is_the_reason_for_fp32(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    narrow.setattr(precision, "measure_loss", lambda *_: BROKEN)
    found = add_int8(bundle, faces, faces)
    assert found.description.precision.serves == "fp32"
    assert "accuracy falls by 1.00%" in found.description.precision.reason
    assert not (found.path / INT8_MODEL).exists()
    assert found.version == bundle.version


def test_int8_that_is_not_faster_is_given_up_unjudged(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    narrow.setattr(precision, "measure_speed_ratio", lambda *_: 0.8)
    narrow.setattr(precision, "measure_loss", lambda *_: pytest.fail("judged"))
    spec = add_int8(bundle, faces, faces).description.precision
    assert (spec.serves, spec.int8) == ("fp32", None)
    assert "0.80 times the speed" in spec.reason


def test_the_setting_chooses_the_graph(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    int8 = add_int8(bundle, faces, faces)
    content = photos.encode(photos.portrait())

    def logit(choice: Precision) -> float:
        settings = Settings(model=str(int8.path), faces="cropped", precision=choice)
        return create_predictor(settings).predict([content])[0].faces[0].logit

    assert logit("auto") == logit("int8") != logit("fp32")
    assert logit("int8") == pytest.approx(logit("fp32"), abs=0.5)


def test_int8_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match=r"GENDERLENS_PRECISION=int8: .* --int8"):
        bundle_without_int8().create_session(precision="int8")


def bundle_without_int8() -> Bundle:
    bundle = load_bundle()
    files = {MODEL: bundle.description.files[MODEL]}
    return Bundle(bundle.path, bundle.description.model_copy(update={"files": files}))


def test_a_bundle_that_serves_int8_must_hold_it(
    bundle: Bundle, faces: Manifest, narrow: pytest.MonkeyPatch
) -> None:
    int8 = add_int8(bundle, faces, faces)
    (int8.path / INT8_MODEL).unlink()
    with pytest.raises(BundleIntegrityError, match=r"model\.int8\.onnx"):
        load_bundle(str(int8.path))
