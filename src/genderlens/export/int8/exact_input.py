"""Pixels that an INT8 graph takes as they are: the byte that it computes with is the picture's.

A pixel k becomes ``(k / 255 - mean) / std`` and then a byte again. With a mean of 0.5 every value
lies half way between two bytes, and engines round it as their floating-point errors fall. Moving
the input by that half step, and taking it back in the bias of the first layer, makes the byte k
again, without any rounding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

from genderlens.bundle import InputSpec
from genderlens.export.int8.exact_scales import Scale
from genderlens.export.int8.quantize import FloatGraph

PIXELS: Final = "image_pixels"
"""The name of the input after it was moved."""


def with_exact_pixels(graph: FloatGraph, spec: InputSpec) -> FloatGraph:
    """The graph, moved; as it is where the channels differ or more than convolutions see them."""
    if len(set(spec.mean)) > 1 or len(set(spec.std)) > 1:
        return graph
    step, middle = 1.0 / (255.0 * spec.std[0]), 255.0 * spec.mean[0]
    zero = int(np.clip(np.floor(middle), 0, 255))
    model = onnx.ModelProto()
    model.CopyFrom(graph.model)
    if not _move(model, np.float32((middle - zero) * step)):
        return graph
    return replace(graph, model=model, exact={PIXELS: Scale(step, zero)})


def _move(model: onnx.ModelProto, by: np.float32) -> bool:
    """Add a constant to the input and take it back in the layers behind, in place, if it works."""
    source = model.graph.input[0].name
    readers = [node for node in model.graph.node if source in node.input]
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    if not readers or not all(_is_plain(node, weights) for node in readers):
        return False
    for node in readers:
        kernel = numpy_helper.to_array(weights[node.input[1]])
        bias = -by * kernel.reshape(len(kernel), -1).sum(axis=1)
        if len(node.input) > 2:
            bias = bias + numpy_helper.to_array(weights[node.input[2]])
        name = f"{node.name}_moved_bias"
        model.graph.initializer.append(numpy_helper.from_array(bias.astype(np.float32), name))
        inputs = [PIXELS, node.input[1], name]
        del node.input[:]
        node.input.extend(inputs)
    read = {name for node in model.graph.node for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in read]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.initializer.append(numpy_helper.from_array(np.asarray(by), f"{PIXELS}_by"))
    add = helper.make_node("Add", [source, f"{PIXELS}_by"], [PIXELS], name=PIXELS)
    nodes = [add, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return True


def _is_plain(node: onnx.NodeProto, weights: dict[str, onnx.TensorProto]) -> bool:
    """Whether it is a convolution over all channels whose weights are known."""
    groups = next((a.i for a in node.attribute if a.name == "group"), 1)
    known = all(name in weights for name in node.input[1:])
    return node.op_type == "Conv" and groups == 1 and known
