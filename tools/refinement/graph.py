"""The network as an ONNX graph: bytes of squares in, scores, boxes and points out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from tools.detector.graph import OPSET, PICTURE
from tools.refinement.network import OUTPUTS, SIDE_PX, RefinementModel

FACE: Final = "face"
"""The output N×16: score and error as such, not as logit and logarithm; width and height too."""


def write_refinement(network: RefinementModel) -> onnx.ModelProto:
    """The graph from ``image`` (uint8 N×64×64×3, red first) to ``face``; norms are folded in."""
    writer = _RefinementWriter()
    values = writer.add("Transpose", [PICTURE], perm=[0, 3, 1, 2])
    values = writer.add("Cast", [values], to=TensorProto.FLOAT)
    values = writer.add("Sub", [values, writer.constant(np.float32(127.5))])
    values = writer.add("Div", [values, writer.constant(np.float32(64.0))])
    for convolution, norm in _pairs(network.trunk):
        weight, bias = _folded(convolution, norm)
        stride = [*convolution.stride]
        inputs = [values, writer.constant(weight), writer.constant(bias)]
        values = writer.add("Conv", inputs, kernel_shape=[3, 3], strides=stride, pads=[1] * 4)
        values = writer.add("Relu", [values])
    values = writer.add("Flatten", [values], axis=1)
    values = writer.add("Relu", [writer.linear(network.hidden, values)])
    writer.split(writer.linear(network.out, values))
    return writer.finish()


def _pairs(trunk: nn.Sequential) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    convolutions = [one for one in trunk if isinstance(one, nn.Conv2d)]
    norms = [one for one in trunk if isinstance(one, nn.BatchNorm2d)]
    return list(zip(convolutions, norms, strict=True))


def _folded(
    convolution: nn.Conv2d, norm: nn.BatchNorm2d
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight and bias of the convolution with the norm behind it."""
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    gain = norm.weight.double() / torch.sqrt(variance.double() + norm.eps)
    weight = convolution.weight.double() * gain[:, None, None, None]
    bias = norm.bias.double() - mean.double() * gain
    return _numbers(weight), _numbers(bias)


def _numbers(values: Tensor) -> NDArray[np.float32]:
    return values.detach().numpy().astype(np.float32)


class _RefinementWriter:
    """Nodes and constants while they are written, each named by its number."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """The output of a node."""
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, values: Any) -> str:
        """A constant by its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def linear(self, layer: nn.Linear, values: str) -> str:
        """A fully connected layer."""
        inputs = [values, self.constant(_numbers(layer.weight))]
        return self.add("Gemm", [*inputs, self.constant(_numbers(layer.bias))], transB=1)

    def split(self, values: str) -> None:
        """Score and error through their functions, and the box's sides out of their logarithms."""
        parts = {"found": 1, "centre": 2, "sides": 2, "points": OUTPUTS["points"], "error": 1}
        counts = self.constant(np.asarray([*parts.values()], np.int64))
        self._nodes.append(helper.make_node("Split", [values, counts], [*parts], axis=1))
        told = [
            self.add("Sigmoid", ["found"]),
            "centre",
            self.add("Exp", ["sides"]),
            "points",
            self.add("Exp", ["error"]),
        ]
        self._nodes.append(helper.make_node("Concat", told, [FACE], name=FACE, axis=1))

    def finish(self) -> onnx.ModelProto:
        """The model, checked."""
        shape: list[str | int | None] = ["batch", SIDE_PX, SIDE_PX, 3]
        source = helper.make_tensor_value_info(PICTURE, TensorProto.UINT8, shape)
        faces: list[str | int | None] = ["batch", sum(OUTPUTS.values())]
        face = helper.make_tensor_value_info(FACE, TensorProto.FLOAT, faces)
        graph = helper.make_graph(self._nodes, "refinement", [source], [face], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model
