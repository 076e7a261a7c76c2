"""Weights stored in half precision: half the file, the same speed, computed in float32."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.errors import BundleError

MAX_LOGIT_GAP: Final = 2e-2
"""What rounding may move a logit by; a probability moves by a quarter of that at most."""
_LEAST_ELEMENTS: Final = 256
"""Smaller tensors (biases, shapes) stay as they are."""


def store_weights_as_half(path: Path) -> None:
    """Rewrite a graph so that its large float32 initialisers lie in the file as float16.

    A Cast beside each gives float32 back; ONNX Runtime folds it once when it loads the graph.
    Raises BundleError where a weight is beyond the range of float16 (65,504).
    """
    model = onnx.load(path)
    graph = model.graph
    kept, casts = [], []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or _elements(tensor) < _LEAST_ELEMENTS:
            kept.append(tensor)
            continue
        half = f"{tensor.name}_half"
        kept.append(numpy_helper.from_array(_to_half(tensor), half))
        casts.append(helper.make_node("Cast", [half], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def restore_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Undo ``store_weights_as_half`` in place: float32 initialisers, no Cast beside them."""
    graph = model.graph
    halves = {t.name: t for t in graph.initializer if t.data_type == TensorProto.FLOAT16}
    kept = []
    for node in graph.node:
        half = halves.get(node.input[0]) if node.op_type == "Cast" and node.input else None
        if half is None:
            kept.append(node)
            continue
        values = numpy_helper.to_array(half).astype(np.float32)
        graph.initializer.append(numpy_helper.from_array(values, node.output[0]))
        graph.initializer.remove(half)
    del graph.node[:]
    graph.node.extend(kept)
    return model


def _elements(tensor: TensorProto) -> int:
    return int(np.prod(tensor.dims, dtype=np.int64))


def _to_half(tensor: TensorProto) -> np.ndarray:
    values = numpy_helper.to_array(tensor)
    if not np.abs(values).max() <= np.finfo(np.float16).max:
        raise BundleError(
            f"weight {tensor.name!r} reaches {np.abs(values).max():g}, which float16 cannot hold; "
            "export without --fp16"
        )
    return values.astype(np.float16)
