"""A device answers where it gives what was measured; elsewhere the CPU does, and says so once."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import numpy as np
import pytest

import photos
from genderlens import PhotoPredictor, load_predictor
from genderlens.bundle import INT8_MODEL, MODEL, Bundle, write_bundle
from genderlens.detection.faces import CenterFace
from genderlens.graphs import golden, placing
from genderlens.graphs.devices import DEVICES
from genderlens.inference.classifiers import BundleClassifier
from graphs.providers import Stub, install, off_by
from tiny_bundles import drop_golden, make_int8_bundle

PLACED = "genderlens.graphs.placing"
ELSEWHERE = tuple(name for name in DEVICES if name != "cpu")


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_int8_bundle(tmp_path / "tiny", "tiny")


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> Stub:
    monkeypatch.setattr(golden, "_told", set())
    return install("cuda", monkeypatch)


@pytest.mark.parametrize("device", ELSEWHERE)
def test_a_device_that_gives_what_was_measured_answers_in_float(
    device: str, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(device, monkeypatch)
    graph = bundle.load_graph(device=device)
    assert (graph.device, graph.name, graph.verdict) == (device, MODEL, "passed")
    assert graph.fallback is graph.notice is None
    asked = bundle.load_graph(device=device, precision="int8")
    assert (asked.device, asked.name) == (device, INT8_MODEL)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda stub: setattr(stub, "change", off_by(0.01)), "on cuda, model.onnx is off by 0.01"),
        (lambda stub: setattr(stub, "change", off_by(np.nan)), "gives no logits"),
        (lambda stub: setattr(stub, "starts", False), "cuda does not start on this machine"),
        (lambda stub: setattr(stub, "error", RuntimeError("no driver\nmore")), "no driver"),
    ],
)
def test_the_cpu_stands_in_with_one_line(
    fault: object, reason: str, cuda: Stub, bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(fault)
    fault(cuda)
    graphs = [bundle.load_graph(device="cuda") for _ in range(2)]
    for graph in graphs:
        assert (graph.device, graph.name, graph.verdict) == ("cpu", INT8_MODEL, "passed")
        assert graph.fallback is not None
        assert reason in graph.fallback
        assert "\n" not in graph.fallback
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    said = f"{bundle.version}: {graphs[0].fallback}; {INT8_MODEL} answers on cpu instead"
    assert line.getMessage() == said


def test_nothing_proves_a_bundle_without_golden_inputs(cuda: Stub, bundle: Bundle) -> None:
    old = write_bundle(drop_golden(bundle.path), bundle.description)
    graph = old.load_graph(device="cuda")
    assert graph.device == "cpu"
    assert "holds no golden inputs" in (graph.fallback or "")


@pytest.mark.parametrize(
    ("times", "device"), [(10.0, "cuda"), (1.5, "cuda"), (1.4, "cpu"), (0.1, "cpu")]
)
def test_auto_wants_it_to_be_faster(
    times: float,
    device: str,
    cuda: Stub,
    bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def spent(session: object, _: object) -> float:
        return 1.0 if getattr(session, "device", "") == "cuda" else times

    monkeypatch.setattr(placing, "_best_s", spent)
    caplog.set_level(logging.INFO, PLACED)
    graph = bundle.load_graph(device="auto")
    assert graph.device == device
    assert graph.fallback is None, "what auto passes over is no fault"
    told = [record.getMessage() for record in caplog.records if record.name == PLACED]
    assert len(told) == (device == "cpu")
    if told:
        assert f"it is {times:g} times as fast as the CPU" in told[0]


def test_auto_passes_over_a_device_that_is_off_however_fast(
    cuda: Stub, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_best_s", lambda session, _: 1.0 + 9 * (session.device == "cpu"))
    cuda.change = off_by(0.01)
    graph = bundle.load_graph(device="auto")
    assert (graph.device, graph.name, graph.fallback) == ("cpu", INT8_MODEL, None)


def test_auto_never_tries_openvino(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was measured: no faster than the CPU itself (docs/how-to/devices.md)."""
    stub = install("openvino", monkeypatch)
    assert bundle.load_graph(device="auto").device == "cpu"
    assert CenterFace(device="auto").device == "cpu"
    assert stub.handed == []


def test_speed_is_measured_by_running_both(cuda: Stub, bundle: Bundle) -> None:
    on_cpu, there = bundle.load_graph().session, bundle.load_graph(device="cuda").session
    inputs = np.zeros((2, 3, *bundle.description.input.shape), np.float32)
    assert placing._best_s(on_cpu, inputs) > 0
    assert placing._compare_speed(on_cpu, there, inputs) == "" or "times as fast" in (
        placing._compare_speed(on_cpu, there, inputs)
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (off_by(0.0), ""),
        (off_by(0.05), "it is off by 0.0"),
        (off_by(np.nan), "it is off by"),
        (lambda outputs: [out[..., :1] for out in outputs], "it gives outputs of"),
        (lambda outputs: 1 / 0, r"it cannot be run \(ZeroDivisionError\)"),
    ],
)
@pytest.mark.filterwarnings("ignore:All-NaN")
def test_a_detector_runs_where_it_gives_what_the_cpu_gives(
    change: object, reason: str, cuda: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    cuda.change = change  # type: ignore[assignment]
    detector = CenterFace(device="cuda")
    assert detector.device == ("cpu" if reason else "cuda")
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == bool(reason)
    if told:
        assert told[0].startswith("face detector: on cuda, it ")
        assert told[0].endswith("; it runs on cpu instead")
        assert re.search(reason, told[0])


def test_a_predictor_says_where_it_ran(cuda: Stub) -> None:
    predictor = load_predictor(device="cuda")
    result = predictor(photos.encode(photos.portrait()))
    assert predictor.device == result.device == "cuda"
    assert len(cuda.handed) == 2, "the detector and the classifier"
    alone: PhotoPredictor = load_predictor(device="cpu", precision="fp32")
    assert alone.device == "cpu"
    assert alone(photos.encode(photos.portrait())).faces[0].logit == pytest.approx(
        result.faces[0].logit, abs=1e-4
    )


def test_batches_suit_the_device(cuda: Stub, bundle: Bundle) -> None:
    sizes: list[int] = []
    classifier = BundleClassifier(bundle, device="cuda")
    cuda.change = lambda outputs: sizes.append(len(outputs[0])) or outputs
    height, width = bundle.description.input.shape
    values = np.zeros((300, 3, height, width), np.float32)
    assert len(classifier.raw_logits(values, classifier.heads[:1])) == 300
    assert max(sizes) <= DEVICES["cuda"].faces_at_once
    assert len(sizes) == 2
