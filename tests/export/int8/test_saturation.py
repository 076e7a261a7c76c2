"""No sum of products of an INT8 graph can pass what 16 bits hold, on any processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.bundle import INT8_MODEL, load_bundle
from genderlens.errors import BundleError
from genderlens.export.int8.quantize import (
    FloatGraph,
    calibrate_ranges,
    quantize_dynamic,
    quantize_static,
    read_float_graph,
)
from genderlens.export.int8.saturation import MOST, list_pair_sums, require_exact_sums
from genderlens.graphs.runtime import Session
from genderlens.pictures.imaging import normalize
from multiply_add import Sums, sum_exactly, sum_in_pairs, watch_layers
from tiny_graphs import convolutions, matrices


def layer(weights: NDArray[np.int8], operator: str, **attributes: int) -> onnx.ModelProto:
    """One layer with integer weights that a DequantizeLinear turns to float."""
    nodes = [
        helper.make_node("DequantizeLinear", ["bytes", "one"], ["weights"]),
        helper.make_node(operator, ["image", "weights"], ["logit"], name="only", **attributes),
    ]
    tensors = [
        numpy_helper.from_array(weights, "bytes"),
        numpy_helper.from_array(np.float32(1), "one"),
    ]
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, None)
    output = helper.make_tensor_value_info("logit", TensorProto.FLOAT, None)
    return helper.make_model(helper.make_graph(nodes, "one", [value], [output], tensors))


def bounds(model: onnx.ModelProto) -> tuple[int, int]:
    (found,) = list_pair_sums(model)
    return found.least, found.most


def test_the_two_largest_weights_of_an_output_channel_bound_its_sums() -> None:
    weights = np.array([[64, -3, 64], [-64, 1, -64]], np.int8)
    assert bounds(layer(weights[:, :, None, None], "Conv")) == (-32_640, 32_640)
    assert bounds(layer(weights, "Gemm", transB=1)) == (-32_640, 32_640)


def test_matrices_are_read_by_column() -> None:
    weights = np.array([[127, 1], [0, 1], [1, 2]], np.int8)
    assert bounds(layer(weights, "MatMul")) == (0, 128 * 255)
    assert bounds(layer(weights.T.copy(), "Gemm", transB=1)) == (0, 128 * 255)


def test_weights_of_one_sign_never_cancel() -> None:
    assert bounds(layer(np.array([[5, 7, 9]], np.int8), "Gemm", transB=1)) == (0, 16 * 255)
    assert bounds(layer(np.array([[-5, 7]], np.int8), "Gemm", transB=1)) == (-5 * 255, 7 * 255)


@pytest.mark.parametrize(("second", "fits"), [(1, True), (2, False)])
def test_the_limit_is_that_of_16_bits(second: int, fits: bool) -> None:
    model = layer(np.array([[127, second]], np.int8), "Gemm", transB=1)  # 128 · 255 = 32,640
    (found,) = list_pair_sums(model)
    assert found.fits is fits
    if fits:
        assert require_exact_sums(model.SerializeToString()) == model.SerializeToString()
        return
    with pytest.raises(BundleError, match=r"'only' can add up to 0 … 32,895.*seven bits"):
        require_exact_sums(model.SerializeToString())


def test_layers_without_integers_are_nobodys_concern(tmp_path: Path) -> None:
    assert list_pair_sums(onnx.load(convolutions(tmp_path / "float.onnx"))) == []


@pytest.mark.parametrize("operator", ["ConvInteger", "MatMulInteger"])
def test_integer_operators_are_read_too(operator: str) -> None:
    weights = np.full((2, 2, 1, 1) if "Conv" in operator else (2, 2), 127, np.int8)
    model = layer(weights, operator)
    model.graph.node[1].input[1] = "bytes"
    assert not list_pair_sums(model)[0].fits


def test_static_and_dynamic_graphs_fit(tmp_path: Path) -> None:
    graph = read_float_graph(convolutions(tmp_path / "conv.onnx"))
    ranges = calibrate_ranges(graph, [_pictures(graph)], "minmax")
    dense = read_float_graph(matrices(tmp_path / "dense.onnx"))
    for content in (quantize_static(graph, ranges), quantize_dynamic(dense)):
        found = list_pair_sums(onnx.load_from_string(content))
        assert found
        assert all(pair.fits for pair in found)


def test_every_layer_of_the_shipped_graph_fits() -> None:
    bundle = load_bundle()
    found = list_pair_sums(onnx.load(bundle.path / INT8_MODEL))
    assert len(found) > 15
    assert {pair.layer: pair for pair in found if not pair.fits} == {}
    assert max(pair.most for pair in found) <= 2 * 64 * 255 <= MOST


@pytest.mark.parametrize("place", range(4))
def test_the_saturating_instruction_gives_the_exact_sum_in_every_layer(place: int) -> None:
    """What VPMADDUBSW would give for each golden input, in NumPy, whatever processor this is."""
    bundle = load_bundle()
    golden = bundle.golden()
    assert golden is not None
    assert len(golden.unpack()) == 4
    spec = bundle.description.input
    image = normalize(golden.unpack()[place : place + 1], spec.mean, spec.std)
    layers = list(watch_layers(onnx.load(bundle.path / INT8_MODEL), image))
    assert len(layers) > 15
    for name, sums in layers:
        _require_equal(name, sums)


def _require_equal(name: str, sums: Sums) -> None:
    exact = sum_exactly(sums)
    for channels_last in (True, False):
        np.testing.assert_array_equal(sum_in_pairs(sums, channels_last=channels_last), exact, name)


def test_eight_bits_would_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulation finds the fault that it is there for."""
    from onnxruntime.quantization import qdq_quantizer

    plain = qdq_quantizer.QDQQuantizer.__init__

    def eight_bits(*arguments: object, **options: object) -> None:
        plain(*arguments, **options | {"reduce_range": False})

    monkeypatch.setattr(qdq_quantizer.QDQQuantizer, "__init__", eight_bits)
    monkeypatch.setattr(
        "genderlens.export.int8.quantize.require_exact_sums", lambda content: content
    )
    graph = read_float_graph(convolutions(tmp_path / "model.onnx"))
    loud = np.full((1, 3, 16, 16), 4.0, np.float32)
    model = onnx.load_from_string(
        quantize_static(graph, calibrate_ranges(graph, [loud, -loud], "minmax"))
    )
    assert not all(pair.fits for pair in list_pair_sums(model))
    differing = [
        name
        for name, sums in watch_layers(model, loud)
        if not np.array_equal(sum_in_pairs(sums), sum_exactly(sums))
    ]
    assert differing


def _pictures(graph: FloatGraph) -> NDArray[np.float32]:
    assert Session(graph.model.SerializeToString()).input_name == "image"
    return np.random.default_rng(1).normal(size=(8, 3, 16, 16)).astype(np.float32)
