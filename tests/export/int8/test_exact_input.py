"""The bytes that an INT8 graph computes with are those of the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from genderlens.bundle import InputSpec, load_bundle
from genderlens.export.int8.exact_input import PIXELS, with_exact_pixels
from genderlens.export.int8.quantize import (
    FloatGraph,
    calibrate_ranges,
    quantize_static,
    read_float_graph,
)
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.pictures.imaging import normalize
from tiny_graphs import convolutions, matrices

PLAIN = InputSpec(size_px=16, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
WIDE = InputSpec(size_px=16, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
OFF_CENTRE = InputSpec(size_px=16, mean=(0.3, 0.3, 0.3), std=(0.2, 0.2, 0.2))
COLOURED = InputSpec(size_px=16, mean=(0.5, 0.4, 0.3), std=(0.25, 0.25, 0.25))


@pytest.fixture
def graph(tmp_path: Path) -> FloatGraph:
    return read_float_graph(convolutions(tmp_path / "model.onnx"))


def ramp() -> np.ndarray:
    """Every value of a byte once, 1×16×16×3."""
    return np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)


def bytes_seen(content: bytes, picture: np.ndarray) -> np.ndarray:
    """What the first layer multiplies."""
    model = onnx.load_from_string(content)
    name = next(
        node.output[0]
        for node in model.graph.node
        if node.op_type == "QuantizeLinear" and node.input[0] in (PIXELS, "image")
    )
    model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.UINT8, None))
    session = Session(model.SerializeToString())
    return session.run({"image": picture}, [name])[0]


@pytest.mark.parametrize("spec", [PLAIN, WIDE, OFF_CENTRE])
def test_every_byte_is_itself_again(graph: FloatGraph, spec: InputSpec) -> None:
    moved = with_exact_pixels(graph, spec)
    picture = normalize(ramp(), spec.mean, spec.std)
    content = quantize_static(moved, calibrate_ranges(moved, [picture * 0.7], "percentile"))
    found = bytes_seen(content, picture)
    np.testing.assert_array_equal(found, ramp().transpose(0, 3, 1, 2))


def test_a_hair_more_or_less_changes_no_byte(graph: FloatGraph) -> None:
    """Engines round differently, so no value may lie half way between two bytes."""
    moved = with_exact_pixels(graph, PLAIN)
    picture = normalize(ramp(), PLAIN.mean, PLAIN.std)
    content = quantize_static(moved, calibrate_ranges(moved, [picture], "minmax"))
    for nudge in (-1e-3, 1e-3):
        nudged = (picture + np.float32(nudge)).astype(np.float32)
        np.testing.assert_array_equal(bytes_seen(content, nudged), bytes_seen(content, picture))
    plain = quantize_static(graph, calibrate_ranges(graph, [picture], "minmax"))
    differing = bytes_seen(plain, picture + np.float32(1e-3)) != bytes_seen(plain, picture)
    assert differing.any()


def test_float_answers_stay(graph: FloatGraph) -> None:
    picture = normalize(ramp(), PLAIN.mean, PLAIN.std)
    before, after = (
        Session(one.model.SerializeToString()).run({"image": picture}, [LOGIT])[0]
        for one in (graph, with_exact_pixels(graph, PLAIN))
    )
    np.testing.assert_allclose(after, before, atol=5e-3)  # the border is half a byte lighter
    onnx.checker.check_model(with_exact_pixels(graph, PLAIN).model)


def test_graphs_that_cannot_be_moved_stay_as_they_are(graph: FloatGraph, tmp_path: Path) -> None:
    assert with_exact_pixels(graph, COLOURED) is graph
    dense = read_float_graph(matrices(tmp_path / "dense.onnx"))
    assert with_exact_pixels(dense, PLAIN) is dense


def test_the_shipped_graph_sees_pixels_as_they_are() -> None:
    bundle = load_bundle()
    spec = bundle.description.input
    picture = np.resize(ramp(), (1, *spec.shape, 3))
    content = bundle.read_graph("model.int8.onnx")
    found = bytes_seen(content, normalize(picture, spec.mean, spec.std))
    np.testing.assert_array_equal(found, picture.transpose(0, 3, 1, 2))
