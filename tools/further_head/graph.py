"""One layer more behind the pooled features of a classifier's graph."""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from genderlens.errors import BundleError
from genderlens.graphs.runtime import LOGIT
from genderlens.heads import Head

Floats = NDArray[np.float32]


def find_classifier(model: onnx.ModelProto) -> onnx.NodeProto:
    """The Gemm that gives the first head's logits; BundleError where something else does."""
    found = [node for node in model.graph.node if LOGIT in node.output]
    if len(found) != 1 or found[0].op_type != "Gemm":
        raise BundleError("the logits come from no single Gemm; export the run with the head")
    return found[0]


def read_weights(model: onnx.ModelProto) -> Floats:
    """Labels×features of the first head's Gemm, however it is stored."""
    node = find_classifier(model)
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    casts = {one.output[0]: one.input[0] for one in model.graph.node if one.op_type == "Cast"}
    name = casts.get(node.input[1], node.input[1])
    weights = numpy_helper.to_array(stored[name]).astype(np.float32)
    turned = any(one.name == "transB" and one.i for one in node.attribute)
    return weights if turned else weights.T


def append_head(model: onnx.ModelProto, head: Head, weights: Floats, bias: Floats) -> None:
    """Add the output of a head: features×``weights``ᵀ + ``bias``; labels×features and labels."""
    features = find_classifier(model).input[0]
    names = [f"{head.output}.weight", f"{head.output}.bias"]
    tensors = [
        numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name)
        for values, name in zip((weights, bias), names, strict=True)
    ]
    model.graph.initializer.extend(tensors)
    model.graph.node.append(
        helper.make_node("Gemm", [features, *names], [head.output], name=head.output, transB=1)
    )
    batch = model.graph.output[0].type.tensor_type.shape.dim[0].dim_param or "batch"
    model.graph.output.append(
        helper.make_tensor_value_info(head.output, onnx.TensorProto.FLOAT, [batch, head.width])
    )
