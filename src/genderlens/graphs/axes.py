"""Axes of a graph's input that an exporter has fixed."""

from __future__ import annotations

from collections.abc import Mapping

import onnx


def with_free_axes(model: onnx.ModelProto, axes: Mapping[int, str]) -> onnx.ModelProto:
    """The model with the given axes of its first input free, and weights no longer inputs.

    Old exporters fix the size of the example and list every weight as an input, which keeps
    ONNX Runtime from folding constants.
    """
    weights = {tensor.name for tensor in model.graph.initializer}
    kept = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept[:1])
    for axis, symbol in axes.items():
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = symbol
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    return model
