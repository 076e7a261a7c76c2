"""FP32 graphs to INT8 graphs that answer alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from genderlens.bundle import load_bundle
from genderlens.export.half import store_weights_as_half
from genderlens.export.int8.quantize import (
    STATIC_METHODS,
    FloatGraph,
    calibrate_ranges,
    quantize_dynamic,
    quantize_static,
    read_float_graph,
)
from genderlens.graphs.runtime import LOGIT, Session
from tiny_graphs import convolutions, matrices


def pictures(count: int = 24) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, 3, 16, 16)).astype(np.float32)


def answer(content: bytes, values: np.ndarray) -> np.ndarray:
    return Session(content).run({"image": values})[0]


@pytest.fixture
def graph(tmp_path: Path) -> FloatGraph:
    return read_float_graph(convolutions(tmp_path / "model.onnx"))


def test_only_what_the_logit_needs_is_read(graph: FloatGraph) -> None:
    assert [value.name for value in graph.model.graph.output] == [LOGIT]
    assert graph.layers == ["conv1", "conv2"]
    assert graph.head == ["dense", "Flatten_4", "GlobalAveragePool_3"]
    assert not graph.is_transformer


def test_half_weights_are_read_as_float(tmp_path: Path) -> None:
    path = convolutions(tmp_path / "model.onnx")
    before = answer(path.read_bytes(), pictures())
    store_weights_as_half(path)
    graph = read_float_graph(path)
    kinds = {tensor.data_type for tensor in graph.model.graph.initializer}
    assert kinds == {TensorProto.FLOAT}
    assert "Cast" not in {node.op_type for node in graph.model.graph.node}
    content = graph.model.SerializeToString()
    np.testing.assert_allclose(answer(content, pictures()), before, atol=1e-3)


@pytest.mark.parametrize("method", STATIC_METHODS)
def test_static_int8_answers_like_float(graph: FloatGraph, method: str) -> None:
    ranges = calibrate_ranges(graph, np.split(pictures(), 2), method)  # type: ignore[arg-type]
    content = quantize_static(graph, ranges)
    expected = answer(graph.model.SerializeToString(), pictures())
    found = answer(content, pictures())
    assert not np.array_equal(found, expected)
    np.testing.assert_allclose(found, expected, atol=0.05 * np.ptp(expected) + 0.02)
    weights = [
        t for t in onnx.load_from_string(content).graph.initializer if t.dims == [16, 8, 3, 3]
    ]
    assert [tensor.data_type for tensor in weights] == [TensorProto.INT8]


def test_layers_are_left_in_float_and_chosen_alone(graph: FloatGraph) -> None:
    ranges = calibrate_ranges(graph, [pictures()], "minmax")

    def int8_weights(**choice: list[str]) -> set[tuple[int, ...]]:
        model = onnx.load_from_string(quantize_static(graph, ranges, **choice))
        tensors = model.graph.initializer
        found = {tuple(t.dims) for t in tensors if t.data_type == TensorProto.INT8}
        return {dims for dims in found if len(dims) == 4}

    first, second = (8, 3, 3, 3), (16, 8, 3, 3)
    assert int8_weights() == {first, second}
    assert int8_weights(keep_float=["conv1"]) == {second}
    assert int8_weights(only=["conv1"]) == {first}


def test_calibration_sees_every_batch(graph: FloatGraph) -> None:
    small = pictures(8)
    one = calibrate_ranges(graph, [small], "minmax")["image"].range_value
    both = calibrate_ranges(graph, [small, 10 * small], "minmax")["image"].range_value
    assert np.ravel(both[1]) == pytest.approx(10 * np.ravel(one[1]))


def test_dynamic_is_for_matrices(tmp_path: Path) -> None:
    graph = read_float_graph(matrices(tmp_path / "model.onnx"))
    assert graph.is_transformer
    content = quantize_dynamic(graph)
    values = np.random.default_rng(2).normal(size=(5, 32)).astype(np.float32)
    expected = answer(graph.model.SerializeToString(), values)
    np.testing.assert_allclose(answer(content, values), expected, atol=0.1)
    kinds = {tensor.data_type for tensor in onnx.load_from_string(content).graph.initializer}
    assert TensorProto.INT8 in kinds


def test_the_shipped_graph_can_be_read() -> None:
    graph = read_float_graph(load_bundle().path / "model.onnx")
    assert len(graph.layers) > 10
    assert not graph.is_transformer
