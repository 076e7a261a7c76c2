"""Every architecture as an ONNX graph: the same logits and the same Grad-CAM as torch."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import onnx
import pytest
import timm
import torch
from torch import nn

from genderlens.errors import BundleError
from genderlens.export.from_torch import check_parity, export_onnx
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import scan_model
from genderlens.training.gradcam import explain
from tiny_networks import NAMES, SHAPE, create_tiny

pytestmark = pytest.mark.usefixtures("one_thread")


def some_pictures(count: int, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, 3, *shape)).astype(np.float32)


def shrunken(name: str) -> nn.Module:
    """With a last layer large enough to tell logits apart."""
    network = create_tiny(name).eval()
    with torch.no_grad():
        list(network.parameters())[-2].mul_(30.0)
    return network


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_agrees_with_the_network(name: str, tmp_path: Path) -> None:
    network, path = shrunken(name), tmp_path / "model.onnx"
    assert export_onnx(network, SHAPE, path)
    session = Session(_safe(path))
    assert session.output_names == ("logit", "cam")
    for count in (1, 5):
        pictures = some_pictures(count)
        logits, cams = session.run({"image": pictures})
        assert logits.shape == (count, 1)
        expected = explain(network, torch.from_numpy(pictures)).numpy()
        scale = np.abs(expected).max()
        assert scale > 0
        np.testing.assert_allclose(cams, expected, atol=1e-3 * scale)
        assert check_parity(network, path, pictures) < 1e-3
        np.testing.assert_array_equal(session.run({"image": pictures}, ["logit"])[0], logits)
    assert (
        path.stat().st_size
        < 1.05 * 4 * sum(v.numel() for v in network.state_dict().values()) + 200_000
    )


def test_a_graph_that_differs_is_refused_and_tells_nothing_about_the_machine(
    tmp_path: Path,
) -> None:
    network, path = shrunken("compact_resnet"), tmp_path / "model.onnx"
    export_onnx(network, SHAPE, path)
    content = path.read_bytes()
    assert b"site-packages" not in content
    assert b"stack_trace" not in content
    assert str(Path(__file__).parents[2]).encode() not in content
    before = network.get_parameter("fc.weight").clone()
    with torch.no_grad():
        network.get_parameter("fc.weight").mul_(1.5)
    with pytest.raises(BundleError, match="in the logit"):
        check_parity(network, path, some_pictures(4))
    with torch.no_grad():
        network.get_parameter("fc.weight").copy_(before)
    model = onnx.load(path)
    (scale,) = [onnx.numpy_helper.from_array(np.float32(2), "two")]
    model.graph.initializer.append(scale)
    model.graph.node.append(onnx.helper.make_node("Mul", ["cam", "two"], ["twice"]))
    model.graph.output[1].name = "twice"
    onnx.save(model, path)
    with pytest.raises(BundleError, match="in the Grad-CAM"):
        check_parity(network, path, some_pictures(4))


def test_a_network_without_maps_goes_without_grad_cam(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 1))
    assert not export_onnx(network, (8, 8), tmp_path / "m.onnx")
    assert Session((tmp_path / "m.onnx").read_bytes()).output_names == ("logit",)
    assert check_parity(network, tmp_path / "m.onnx", some_pictures(3, (8, 8))) < 1e-3


def test_a_head_that_onnx_cannot_differentiate_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr("genderlens.export.from_torch.ExplainedNetwork", refuse)
    network = create_tiny("compact_resnet").eval()
    with caplog.at_level(logging.WARNING):
        assert not export_onnx(network, SHAPE, tmp_path / "m.onnx")
    assert "m.onnx goes without Grad-CAM: no such operator" in caplog.text
    assert check_parity(network, tmp_path / "m.onnx", some_pictures(2)) < 1e-3


def test_another_network_of_timm_is_explained_too(tmp_path: Path) -> None:
    network = timm.create_model("resnet10t", num_classes=1).eval()
    assert export_onnx(network, SHAPE, tmp_path / "m.onnx")
    assert check_parity(network, tmp_path / "m.onnx", some_pictures(2)) < 1e-3


def _safe(path: Path) -> bytes:
    """The bytes of a graph that a service would load."""
    content = path.read_bytes()
    scan_model(content, str(path))
    return content
