"""Rounding errors that cancel within a layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.export.int8.quantize import (
    FloatGraph,
    calibrate_ranges,
    quantize_static,
    read_float_graph,
)
from genderlens.export.int8.rounding import LARGEST_CODE, measure_curvature, round_weights
from genderlens.export.int8.saturation import list_pair_sums
from genderlens.graphs.runtime import LOGIT, Session
from tiny_graphs import convolutions


def pictures(seed: int = 1, count: int = 64) -> NDArray[np.float32]:
    """Smooth, so that neighbours say nearly the same, as in photos."""
    coarse = np.random.default_rng(seed).normal(size=(count, 3, 4, 4))
    return coarse.repeat(4, axis=2).repeat(4, axis=3).astype(np.float32)


@pytest.fixture
def graph(tmp_path: Path) -> FloatGraph:
    return read_float_graph(convolutions(tmp_path / "model.onnx"))


def codes(content: bytes) -> dict[str, NDArray[np.int8]]:
    tensors = onnx.load_from_string(content).graph.initializer
    return {t.name: numpy_helper.to_array(t) for t in tensors if t.data_type == TensorProto.INT8}


def error(content: bytes, graph: FloatGraph) -> float:
    """Root mean square over pictures that decided nothing."""
    exact, found = (
        Session(model).run({"image": pictures(seed=2)}, [LOGIT])[0]
        for model in (graph.model.SerializeToString(), content)
    )
    return float(np.sqrt(np.mean((exact - found) ** 2)))


def test_the_answer_comes_nearer_to_that_of_float(graph: FloatGraph) -> None:
    plain = quantize_static(graph, calibrate_ranges(graph, [pictures()], "minmax"))
    curvature = measure_curvature(graph.model, [pictures()[:32], pictures()[32:]])
    rounded = round_weights(plain, graph.model, curvature)
    assert error(rounded, graph) < 0.8 * error(plain, graph)
    before, after = codes(plain), codes(rounded)
    assert before.keys() == after.keys()
    assert any(not np.array_equal(before[name], after[name]) for name in before)
    assert all(np.abs(values.astype(int)).max() <= LARGEST_CODE for values in after.values())
    assert all(pair.fits for pair in list_pair_sums(onnx.load_from_string(rounded)))


def test_what_one_weight_loses_the_next_makes_good() -> None:
    """Two inputs that are always equal: 0.4 and 0.4 of a step become 0 and 1, not 0 and 0."""
    model = _pointwise([[0.4, 0.4, 64.0]])
    x = np.random.default_rng(0).normal(size=(8, 1, 4, 4)).astype(np.float32)
    other = np.random.default_rng(1).normal(size=(8, 1, 4, 4)).astype(np.float32)
    curvature = measure_curvature(model, [np.concatenate([x, x, other], axis=1)])
    quantised = _pointwise([[0, 0, 64]], kind=np.int8, scale=[1.0])
    rounded = round_weights(quantised.SerializeToString(), model, curvature)
    first, second, third = codes(rounded)["w_quantized"].ravel().tolist()
    assert (sorted([first, second]), third) == ([0, 1], 64)


def test_independent_inputs_are_rounded_to_the_nearest() -> None:
    model = _pointwise([[0.4, 3.4, 64.0]])
    values = np.random.default_rng(0).normal(size=(256, 3, 8, 8)).astype(np.float32)
    quantised = _pointwise([[9, 9, 9]], kind=np.int8, scale=[1.0])
    curvature = measure_curvature(model, [values])
    rounded = round_weights(quantised.SerializeToString(), model, curvature)
    assert codes(rounded)["w_quantized"].ravel().tolist() == [0, 3, 64]


def test_each_channel_of_a_depthwise_layer_makes_its_own_errors_good() -> None:
    """Kernels of 1×3 over pictures that are even across: only the sum of the weights counts."""
    rows = np.asarray([[0.4, 0.4, 64.0], [-0.4, -0.4, 10.0], [0.3, 0.3, 0.3]], np.float32)
    even = np.random.default_rng(0).normal(size=(64, 3, 4, 1)).astype(np.float32).repeat(6, axis=3)
    model = _depthwise(rows, np.zeros(3, np.float32))
    curvature = measure_curvature(model, [even[:32], even[32:]])
    assert curvature["w"].product.shape == (3, 3, 3)
    assert curvature["w"].mean.shape == (3, 3)
    quantised = _depthwise(np.zeros_like(rows), np.zeros(3), scale=np.ones(3, np.float32))
    rounded = codes(round_weights(quantised.SerializeToString(), model, curvature))
    assert rounded["w_quantized"].sum(axis=(1, 2, 3)).tolist() == [65, 9, 1]


def test_the_bias_makes_good_what_outputs_lose_on_average() -> None:
    bright = np.full((4, 3, 4, 6), 2.0, np.float32)
    rows, bias = np.full((3, 3), 0.4, np.float32), np.asarray([1.0, -2.0, 0.5], np.float32)
    model = _depthwise(rows, bias)
    quantised = _depthwise(
        np.zeros_like(rows), bias / 0.01, scale=np.ones(3, np.float32), bias_scale=0.01
    )
    rounded = onnx.load_from_string(
        round_weights(quantised.SerializeToString(), model, measure_curvature(model, [bright]))
    )
    tensors = {t.name: numpy_helper.to_array(t) for t in rounded.graph.initializer}
    lost = (1.2 - tensors["w_quantized"].astype(float).sum(axis=(1, 2, 3))) * 2.0
    assert np.abs(lost).max() > 0.1
    assert tensors["b_quantized"] * 0.01 == pytest.approx(bias + lost, abs=0.01)


def test_layers_in_float_and_in_other_groups_stay_as_they_are(graph: FloatGraph) -> None:
    ranges = calibrate_ranges(graph, [pictures()], "minmax")
    plain = quantize_static(graph, ranges, keep_float=["conv2"])
    curvature = measure_curvature(graph.model, [pictures()])
    assert set(curvature) == {"first", "second"}
    assert set(codes(round_weights(plain, graph.model, curvature))) == set(codes(plain))
    grouped = _pointwise([[1.0, 2.0], [2.0, 3.0]], group=2)
    assert measure_curvature(grouped, [pictures()[:, [0, 1, 2, 0], :4, :4]]) == {}


def _depthwise(
    rows: NDArray[np.float32],
    bias: NDArray[np.floating],
    *,
    scale: NDArray[np.float32] | None = None,
    bias_scale: float = 1.0,
) -> onnx.ModelProto:
    """A depthwise 1×3 convolution of three channels, in float or as the quantiser names it."""
    kernels = rows[:, None, None, :]
    if scale is None:
        tensors = {"w": kernels, "b": bias.astype(np.float32)}
    else:
        tensors = {
            "w_quantized": kernels.astype(np.int8),
            "w_scale": scale,
            "b_quantized": np.rint(bias).astype(np.int32),
            "b_quantized_scale": np.full(3, bias_scale, np.float32),
        }
    names = [name for name in tensors if not name.endswith("_scale")]
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("Conv", ["image", *names], [LOGIT], name="only", group=3)],
            "depthwise",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])],
            [helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, None)],
            [numpy_helper.from_array(values, name) for name, values in tensors.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=10,
    )


def _pointwise(
    rows: list[list[float]],
    *,
    kind: type[np.float32] | type[np.int8] = np.float32,
    scale: list[float] | None = None,
    group: int = 1,
) -> onnx.ModelProto:
    """A 1×1 convolution, whose weights are named as the quantiser would name them."""
    name = "w" if kind is np.float32 else "w_quantized"
    tensors = [numpy_helper.from_array(np.asarray(rows, kind)[:, :, None, None], name)]
    if scale:
        tensors.append(numpy_helper.from_array(np.asarray(scale, np.float32), "w_scale"))
    shape = ["n", len(rows[0]) * group, "h", "w"]
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("Conv", ["image", name], [LOGIT], name="only", group=group)],
            "pointwise",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, None)],
            tensors,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=10,
    )
