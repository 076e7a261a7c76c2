"""What private mode is told is what the predictor does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genderlens.bundle import INT8_MODEL, MODEL, load_bundle
from genderlens.detection.faces import CenterFace
from genderlens.errors import PrivateModeError
from genderlens.inference import private
from genderlens.inference.predictor import create_predictor
from genderlens.settings import load_settings
from tiny_bundles import make_bundle


@pytest.mark.parametrize(
    "changes",
    [{}, {"tta": "crops"}, {"tta": "off", "abstain_below": 0.9}, {"target_error": 0.01}],
)
def test_the_facts_are_those_of_the_predictor(changes: dict[str, Any]) -> None:
    settings = load_settings(**changes)
    facts = private.describe(load_bundle(), settings)
    predictor = create_predictor(settings)
    calibration = predictor.calibration
    assert facts["calibration"] == {
        "temperature": calibration.temperature,
        "abstain_below": calibration.abstain_below,
        "exponent": calibration.exponent,
    }
    assert facts["tta"] == (settings.tta or load_bundle().description.inference.tta)
    assert facts["version"] == predictor.version
    assert isinstance(predictor._faces, CenterFace)
    assert facts["looks"] == predictor._faces.looks.model_dump(mode="json")
    assert facts["crop"]["align"] == predictor.bundle.crop.align


@pytest.mark.parametrize(
    ("precision", "name"), [("auto", INT8_MODEL), ("int8", INT8_MODEL), ("fp32", MODEL)]
)
def test_the_graph_that_answers_is_given_out(precision: str, name: str) -> None:
    bundle = load_bundle()
    files = private.list_private_files([bundle], load_settings(precision=precision))
    assert files["model.onnx"].read() == (bundle.path / name).read_bytes()
    assert files["model.onnx"].sha256 == bundle.description.files[name]
    assert list(files)[-1] == private.FACTS


@pytest.mark.parametrize(("precision", "answers"), [("auto", INT8_MODEL), ("fp32", MODEL)])
def test_the_page_can_check_what_it_runs(precision: str, answers: str) -> None:
    bundle = load_bundle()
    files = private.list_private_files([bundle], load_settings(precision=precision))
    facts, golden = json.loads(files[private.FACTS].read()), bundle.golden()
    assert golden is not None
    assert facts["golden"]["pictures"] == golden.pictures
    for name, graph in {"model.onnx": answers, "fallback.onnx": MODEL}.items():
        expected = golden.graphs[graph]
        stated = facts["golden"]["expected"][name]
        assert stated == {"logits": list(expected.logits), "bound": expected.bound}


def test_where_int8_answers_fp32_lies_ready() -> None:
    files = private.list_private_files([load_bundle()], load_settings())
    facts = json.loads(files[private.FACTS].read())
    assert facts["fallback"] == files[private.FALLBACK].facts
    assert files[private.FALLBACK].sha256 == load_bundle().description.files[MODEL]


def test_where_fp32_answers_there_is_nothing_to_fall_back_to() -> None:
    files = private.list_private_files([load_bundle()], load_settings(precision="fp32"))
    assert private.FALLBACK not in files
    assert json.loads(files[private.FACTS].read())["fallback"] is None


def test_of_a_bundle_of_before_nothing_can_be_checked(tmp_path: Path) -> None:
    bundle = load_bundle(str(make_bundle(tmp_path / "old", "old")))
    files = private.list_private_files([bundle], load_settings())
    assert json.loads(files[private.FACTS].read())["golden"] is None


@pytest.mark.parametrize(
    ("changes", "count", "said"),
    [({}, 2, "an ensemble of 2"), ({"people": "detr"}, 1, "counted with detr")],
)
def test_what_no_browser_can_do_is_refused(changes: dict[str, Any], count: int, said: str) -> None:
    with pytest.raises(PrivateModeError, match=said):
        private.list_private_files([load_bundle()] * count, load_settings(**changes))


def test_a_model_too_large_for_visitors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "MAX_MODEL_BYTES", 1000)
    with pytest.raises(PrivateModeError, match="at most 0 MB"):
        private.list_private_files([load_bundle()], load_settings())


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"12345")
    file = private.PrivateFile("model.onnx", tmp_path / "model.onnx", "ab" * 32)
    assert file.facts == {"file": f"model.onnx?v={'ab' * 8}", "bytes": 5, "sha256": "ab" * 32}
