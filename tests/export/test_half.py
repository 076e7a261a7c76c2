from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from genderlens.errors import BundleError
from genderlens.export.half import store_weights_as_half
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import scan_model


def linear(path: Path, scale: float = 1.0) -> Path:
    weights = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32) * scale
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["image", "weight", "bias"], ["logit"])],
        "linear",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 300])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["batch", 4])],
        [
            numpy_helper.from_array(weights, "weight"),
            numpy_helper.from_array(np.full(4, 0.1, np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, path)
    return path


def answer(path: Path) -> np.ndarray:
    session = Session(_safe(path), name=str(path))
    picture = np.random.default_rng(1).normal(size=(2, 300)).astype(np.float32)
    return session.run({session.input_name: picture})[0]


def test_the_file_halves_and_the_answer_hardly_moves(tmp_path: Path) -> None:
    path = linear(tmp_path / "model.onnx")
    before, size = answer(path), path.stat().st_size
    store_weights_as_half(path)
    assert path.stat().st_size < 0.6 * size
    after = answer(path)
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(before, after, atol=2e-2)


def test_small_tensors_stay_as_they_are(tmp_path: Path) -> None:
    path = linear(tmp_path / "model.onnx")
    store_weights_as_half(path)
    kinds = {tensor.name: tensor.data_type for tensor in onnx.load(path).graph.initializer}
    assert kinds == {"weight_half": TensorProto.FLOAT16, "bias": TensorProto.FLOAT}


def test_weights_beyond_float16_are_refused(tmp_path: Path) -> None:
    path = linear(tmp_path / "model.onnx", scale=1e5)
    before = path.read_bytes()
    with pytest.raises(BundleError, match=r"weight 'weight' reaches .* float16 cannot hold"):
        store_weights_as_half(path)
    assert path.read_bytes() == before


def _safe(path: Path) -> bytes:
    """The bytes of a graph that a service would load."""
    content = path.read_bytes()
    scan_model(content, str(path))
    return content
