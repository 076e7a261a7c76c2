"""Several bundles as one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image

import photos
from genderlens.bundle import (
    MODEL,
    Bundle,
    CalibrationSpec,
    ThresholdSpec,
    default_bundle_path,
    load_bundle,
    write_bundle,
)
from genderlens.calibration import Calibration
from genderlens.errors import BundleNotFoundError, SettingsError
from genderlens.graphs.golden import Graph
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.inference.classifiers import BundleClassifier, FaceLogits
from genderlens.inference.ensemble import Ensemble, create_classifier, load_bundles
from genderlens.inference.predictor import create_predictor
from genderlens.settings import Settings
from genderlens.types import Detection
from tiny_bundles import describe_fp32, drop_golden, with_calibration

BY_ONE_PERCENT = ThresholdSpec(target_error=0.01, abstain_below=0.93, coverage=0.7, error=0.009)


class Fixed:
    """Gives the same logits for everything."""

    def __init__(self, logits: list[float], calibration: Calibration) -> None:
        self.bundles: tuple[Bundle, ...] = (load_bundle(),)
        self.graphs: tuple[Graph, ...] = ()
        self.heads = (GENDER,)
        self._calibration, self._logits = calibration, logits

    def calibration_of(self, head: Head) -> Calibration:
        return self._calibration

    def logits(
        self, image: Image.Image, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> list[FaceLogits]:
        return [[(logit,)] for logit in self._logits]

    def raw_logits(self, values: NDArray[np.float32], heads: Sequence[Head]) -> list[FaceLogits]:
        raise NotImplementedError


def make_bundle(folder: Path, size_px: int, calibration: CalibrationSpec) -> Path:
    """A tiny bundle of another input size: the mean of all pixels is its logit."""
    drop_golden(Path(shutil.copytree(default_bundle_path(), folder)))
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, size_px, size_px])
    output = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1])
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"], axis=1),
        helper.make_node("ReduceMean", ["flat", "axes"], ["logit"], keepdims=1),
    ]
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    graph = helper.make_graph(nodes, "mean", [value], [output], [axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, folder / MODEL)
    shipped = describe_fp32()
    own = {
        "name": "tiny",
        "version": f"{size_px}",
        "input": shipped.input.model_copy(update={"size_px": size_px}),
    }
    write_bundle(folder, with_calibration(shipped.model_copy(update=own), calibration))
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    spec = CalibrationSpec(temperature=2.0, abstain_below=0.6, thresholds=(BY_ONE_PERCENT,))
    return make_bundle(tmp_path / "tiny", 32, spec)


def test_the_mean_of_calibrated_log_odds() -> None:
    first = Fixed([4.0, -1.0], Calibration(temperature=2.0, abstain_below=0.7))
    second = Fixed([10.0, 30.0], Calibration(temperature=10.0, abstain_below=0.55))
    ensemble = Ensemble([first, second])
    found = ensemble.logits(photos.portrait(), (None, None), (GENDER,))
    assert [face[0][0] for face in found] == pytest.approx([1.5, 1.25])
    assert ensemble.calibration_of(GENDER) == Calibration(temperature=1.0, abstain_below=0.7)
    assert len(ensemble.bundles) == 2


def test_members_of_other_sizes_answer_together(tiny: Path) -> None:
    predictor = create_predictor(Settings(model=f"default, {tiny}"))
    content = photos.encode(photos.portrait())
    (together,) = predictor.predict([content], faces="largest")
    logits = []
    for model in ("default", str(tiny)):
        bundle = load_bundle(model)
        (alone,) = create_predictor(Settings(model=model)).predict([content], faces="largest")
        logits.append(bundle.calibration.log_odds(np.asarray(alone.faces[0].logit)))
    assert together.faces[0].logit == pytest.approx(np.mean(logits), abs=1e-6)
    assert together.model_version == f"{load_bundle().version}+tiny-32"
    assert set(together.timings_ms) == {"decode", "detect", "classify"}


def test_one_name_is_no_ensemble() -> None:
    assert isinstance(create_classifier(Settings()), BundleClassifier)


@pytest.mark.parametrize("model", ["default,", ",", "default,default", "default,,x"])
def test_names_that_cannot_be_meant(model: str) -> None:
    with pytest.raises(SettingsError, match="separate different bundles"):
        load_bundles(Settings(model=model))


def test_a_missing_member_is_named() -> None:
    with pytest.raises(BundleNotFoundError, match="'nowhere'"):
        load_bundles(Settings(model="default,nowhere"))


def test_a_target_error_picks_the_stored_threshold(tiny: Path) -> None:
    settings = Settings(model=str(tiny), target_error=0.01)
    assert create_classifier(settings).calibration_of(GENDER).abstain_below == 0.93


def test_an_unknown_target_error_names_the_known_ones(tiny: Path) -> None:
    with pytest.raises(SettingsError, match=r"TARGET_ERROR=0\.02.*it stores 0\.01"):
        load_bundles(Settings(model=str(tiny), target_error=0.02))


def test_a_bundle_without_thresholds_says_so(tmp_path: Path) -> None:
    spec = CalibrationSpec(temperature=1.0, abstain_below=0.5)
    old = make_bundle(tmp_path / "old", 32, spec)
    with pytest.raises(SettingsError, match="stores none; export it again"):
        load_bundles(Settings(model=str(old), target_error=0.01))


def test_the_setting_wins_over_every_member(tiny: Path) -> None:
    predictor = create_predictor(Settings(model=f"default,{tiny}", abstain_below=1.0))
    (answer,) = predictor.predict([photos.encode(photos.portrait())], faces="largest")
    assert answer.outcome.value == "uncertain"
