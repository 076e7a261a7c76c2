"""The network that stands for another detector works as much as that one."""

from __future__ import annotations

import math

import numpy as np
import onnx
import pytest

from genderlens.export.benchmark.synthetic import SIDE_PX, build_scrfd_work
from genderlens.graphs.runtime import Session


def count_multiplications(model: onnx.ModelProto) -> int:
    """Of one run of a graph, in its convolutions."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    weights = {tensor.name: tensor.dims for tensor in graph.initializer}
    shapes = {
        value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in graph.value_info
    }
    return sum(
        math.prod(weights[node.input[1]][1:]) * math.prod(shapes[node.output[0]])
        for node in graph.node
        if node.op_type == "Conv"
    )


def test_it_is_a_sound_graph_of_half_a_billion_multiplications() -> None:
    content = build_scrfd_work()
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    assert count_multiplications(model) == pytest.approx(5e8, rel=0.02)
    session = Session(content)
    (found,) = session.run({session.input_name: np.ones((1, 3, SIDE_PX, SIDE_PX), np.float32)})
    assert found.shape == (1, 288, 20, 20)
    assert np.isfinite(found).all()
    assert found.std() > 0
