"""Proof that no processor saturates while it adds up the products of an INT8 graph.

Without VNNI, x64 processors multiply bytes with ``VPMADDUBSW``, which adds two products in 16 bits
and clips what does not fit: 255 · 127 twice is 64,770, the most that fits is 32,767. With seven
bits a weight, 255 · 64 twice is 32,640, and the sum is exact everywhere. The bounds below hold for
every input and for every pair of products, whichever a processor adds first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.errors import BundleError

LEAST: Final = -32_768
MOST: Final = 32_767
"""What 16 bits hold."""
_LARGEST_ACTIVATION: Final = 255
"""Signed activations are shifted to unsigned ones before they are multiplied."""
_INTEGERS: Final = (TensorProto.INT8, TensorProto.UINT8)
_WEIGHT_AT: Final = {
    "Conv": 1,
    "Gemm": 1,
    "MatMul": 1,
    "ConvInteger": 1,
    "MatMulInteger": 1,
    "QLinearConv": 3,
    "QLinearMatMul": 3,
}
"""Operators that add up products, and which of their inputs holds the weights."""


@dataclass(frozen=True)
class PairSum:
    """The range that the sum of any two products of a layer lies in, for any input."""

    layer: str
    least: int
    most: int

    @property
    def fits(self) -> bool:
        """Whether 16 bits hold it."""
        return self.least >= LEAST and self.most <= MOST


def list_pair_sums(model: onnx.ModelProto) -> list[PairSum]:
    """The range of each layer whose weights are integers, in the order of the graph."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    makers = {name: node for node in model.graph.node for name in node.output}
    return [
        _range_of(node.name or node.output[0], rows)
        for node in model.graph.node
        for rows in _weight_rows(node, tensors, makers)
    ]


def require_exact_sums(content: bytes) -> bytes:
    """The bytes of a graph no sum of which can saturate; BundleError names the layer otherwise."""
    for pair in list_pair_sums(onnx.load_from_string(content)):
        if not pair.fits:
            raise BundleError(
                f"two products of layer {pair.layer!r} can add up to {pair.least:,} … "
                f"{pair.most:,}, which 16 bits do not hold: processors without VNNI would clip "
                "them and answer differently; quantise its weights to seven bits"
            )
    return content


def _range_of(layer: str, rows: NDArray[np.int64]) -> PairSum:
    """From weights M×K: a product is at most 255 times a weight, and at least none."""
    ordered = np.sort(rows, axis=1)
    least = np.minimum(ordered[:, :2], 0).sum(axis=1).min()
    most = np.maximum(ordered[:, -2:], 0).sum(axis=1).max()
    return PairSum(layer, int(least) * _LARGEST_ACTIVATION, int(most) * _LARGEST_ACTIVATION)


def _weight_rows(
    node: onnx.NodeProto,
    tensors: Mapping[str, TensorProto],
    makers: Mapping[str, onnx.NodeProto],
) -> Iterator[NDArray[np.int64]]:
    """The integer weights of a node, a row for each output channel; nothing for other nodes."""
    place = _WEIGHT_AT.get(node.op_type)
    if place is None or place >= len(node.input):
        return
    name = node.input[place]
    maker = makers.get(name)
    if maker is not None and maker.op_type == "DequantizeLinear":
        name = maker.input[0]
    tensor = tensors.get(name)
    if tensor is None or tensor.data_type not in _INTEGERS:
        return
    values = numpy_helper.to_array(tensor).astype(np.int64)
    yield (
        values.reshape(len(values), -1)
        if _has_rows(node)
        else values.reshape(-1, values.shape[-1]).T
    )


def _has_rows(node: onnx.NodeProto) -> bool:
    """Whether the first axis of the weights is that of the output channels, not the last."""
    if "Conv" in node.op_type:
        return True
    attributes: dict[str, Any] = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return bool(attributes.get("transB", 0))
