"""ONNX graphs of a few layers with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.graphs.runtime import LOGIT


def convolutions(path: Path) -> Path:
    """Two convolutions and a dense layer, with a second output like Grad-CAM's."""
    rng = np.random.default_rng(0)
    weights = {
        "first": rng.normal(size=(8, 3, 3, 3)) * 0.2,
        "second": rng.normal(size=(16, 8, 3, 3)) * 0.2,
        "dense": rng.normal(size=(16, 1)) * 0.5,
    }
    nodes = [
        helper.make_node("Conv", ["image", "first"], ["a"], name="conv1", pads=[1] * 4),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "second"], ["c"], name="conv2", pads=[1] * 4),
        helper.make_node("GlobalAveragePool", ["c"], ["d"]),
        helper.make_node("Flatten", ["d"], ["e"]),
        helper.make_node("Gemm", ["e", "dense"], [LOGIT], name="dense"),
        helper.make_node("Flatten", ["d"], ["cam"]),
    ]
    return _save(nodes, weights, ["batch", 3, 16, 16], [LOGIT, "cam"], path)


def identity() -> bytes:
    """A graph that gives back what it takes, N×2."""
    given = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 2])
    result = helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, ["batch", 2])
    node = helper.make_node("Identity", ["image"], [LOGIT])
    graph = helper.make_graph([node], "same", [given], [result])
    opset = [helper.make_opsetid("", 17)]
    model: bytes = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    return model


def matrices(path: Path) -> Path:
    """Two matrices: what a transformer is to the quantiser."""
    rng = np.random.default_rng(0)
    weights = {"w1": rng.normal(size=(32, 64)) * 0.2, "w2": rng.normal(size=(64, 1)) * 0.2}
    nodes = [
        helper.make_node("MatMul", ["image", "w1"], ["a"], name="matmul1"),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("MatMul", ["b", "w2"], [LOGIT], name="matmul2"),
    ]
    return _save(nodes, weights, ["batch", 32], [LOGIT], path)


def _save(
    nodes: list[onnx.NodeProto],
    weights: dict[str, np.ndarray],
    shape: list[object],
    outputs: list[str],
    path: Path,
) -> Path:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["batch", "n"]) for n in outputs],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in weights.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), path)
    return path
