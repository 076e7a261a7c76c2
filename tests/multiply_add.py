"""The sums of products in an INT8 graph, exact and as processors without VNNI build them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.graphs.runtime import Session

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """What one layer multiplies: P positions and M outputs over C channels of K places."""

    activations: Integers
    """P×C×K, 0 to 255."""
    weights: Integers
    """M×C×K, -128 to 127."""


def sum_exactly(sums: Sums) -> Integers:
    """P×M sums in as many bits as they need."""
    positions, outputs = len(sums.activations), len(sums.weights)
    return sums.activations.reshape(positions, -1) @ sums.weights.reshape(outputs, -1).T


def sum_in_pairs(sums: Sums, *, channels_last: bool = True) -> Integers:
    """P×M sums as VPMADDUBSW and VPADDD give them: two products in 16 bits, then 32.

    ``channels_last`` says which products are neighbours: those of two channels or of two places.
    """
    order = (0, 2, 1) if channels_last else (0, 1, 2)
    left = _even(sums.activations.transpose(order).reshape(len(sums.activations), -1))
    right = _even(sums.weights.transpose(order).reshape(len(sums.weights), -1))
    narrow = left.astype(np.int32)
    columns = [_clipped(narrow * row.astype(np.int32)).sum(axis=1) for row in right]
    return np.stack(columns, axis=1)


def _clipped(products: NDArray[np.int32]) -> NDArray[np.int32]:
    pairs: NDArray[np.int32] = products[:, 0::2] + products[:, 1::2]
    return pairs.clip(-32_768, 32_767)


def _even(rows: Integers) -> Integers:
    return np.pad(rows, ((0, 0), (0, rows.shape[1] % 2)))


def watch_layers(model: onnx.ModelProto, image: NDArray[np.float32]) -> Iterator[tuple[str, Sums]]:
    """Every convolution of a QDQ graph with the bytes that it multiplies for one 1×3×H×W image."""
    makers = {name: node for node in model.graph.node for name in node.output}
    tensors = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    layers = [
        (node, makers[node.input[0]], makers[node.input[1]])
        for node in model.graph.node
        if node.op_type == "Conv"
        and all(_is_dequantised(makers.get(name)) for name in node.input[:2])
    ]
    seen = _run(model, [given.input[0] for _, given, _ in layers], image)
    for node, given, weights in layers:
        zero = int(tensors[given.input[2]])
        values = tensors[weights.input[0]].astype(np.int64)
        for part in _groups(node, seen[given.input[0]].astype(np.int64)[0], values, zero):
            yield node.name, part


def _is_dequantised(node: onnx.NodeProto | None) -> bool:
    return node is not None and node.op_type == "DequantizeLinear"


def _run(
    model: onnx.ModelProto, names: list[str], image: NDArray[np.float32]
) -> dict[str, NDArray[np.uint8]]:
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    wanted = list(dict.fromkeys(names))
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.UINT8, None) for name in wanted
    )
    session = Session(watched.SerializeToString())
    values = session.run({session.input_name: image}, wanted)
    return dict(zip(wanted, values, strict=True))


def _groups(node: onnx.NodeProto, maps: Integers, weights: Integers, zero: int) -> Iterator[Sums]:
    """The groups of a convolution of maps C×H×W, one after the other."""
    given = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    top, left, bottom, right = given.get("pads", [0] * 4)
    step_y, step_x = given.get("strides", [1, 1])
    assert given.get("dilations", [1, 1]) == [1, 1]
    padded = np.pad(maps, ((0, 0), (top, bottom), (left, right)), constant_values=zero)
    windows = sliding_window_view(padded, weights.shape[2:], axis=(1, 2))[:, ::step_y, ::step_x]
    channels = len(maps)
    patches = windows.transpose(1, 2, 0, 3, 4).reshape(-1, channels, weights[0, 0].size)
    count, outputs = given.get("group", 1), len(weights)
    flat = weights.reshape(outputs, weights.shape[1], -1)
    for group in range(count):
        share = slice(group * channels // count, (group + 1) * channels // count)
        rows = slice(group * outputs // count, (group + 1) * outputs // count)
        yield Sums(patches[:, share], flat[rows])
