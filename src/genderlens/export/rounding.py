"""Rounds the weights of an INT8 graph so that the errors of each layer cancel.

Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers",
ICLR 2023, section 3, applied to convolutions: the weights of an output channel are rounded one
after the other, and what the rounding of one does to the layer's output on calibration pictures is
made good by those that are not rounded yet. The scales stay as the quantiser chose them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.runtime import Session

LARGEST_CODE: Final = 64
"""Of a weight of seven bits."""
DAMPING: Final = 0.01
"""Share of the mean curvature that is added to all, so that a rare input decides nothing."""
PLACES: Final = 64
"""Of a picture's map that are looked at: neighbours say the same."""
_QUANTIZED: Final = "_quantized"
_SCALE: Final = "_scale"

Floats = NDArray[np.float64]
Pictures = NDArray[np.float32]
Curvature = dict[str, Floats]
"""Name of a convolution's weights to K×K: how much its output moves with each two of the K weights
of a channel."""


@dataclass(frozen=True)
class _Layer:
    """A convolution of the float graph, and the name of its weights."""

    node: onnx.NodeProto
    weights: str

    @property
    def source(self) -> str:
        """The name of what it is applied to."""
        return str(self.node.input[0])

    @property
    def attributes(self) -> dict[str, Any]:
        return {one.name: helper.get_attribute_value(one) for one in self.node.attribute}


def measure_curvature(model: onnx.ModelProto, pictures: Iterable[Pictures]) -> Curvature:
    """How the outputs of each convolution of a float graph depend on its weights.

    ``pictures`` are batches N×3×H×W. Grouped convolutions are left out: they have too few weights
    for errors to cancel.
    """
    layers = list(_layers(model))
    shapes = {t.name: tuple(t.dims) for t in model.graph.initializer}
    given = {value.name for value in model.graph.input}
    inner = list(dict.fromkeys(layer.source for layer in layers if layer.source not in given))
    session = _watch(model, inner)
    sums: Curvature = {}
    for batch in pictures:
        found = session.run({session.input_name: batch}, inner) if inner else []
        seen = {session.input_name: batch, **dict(zip(inner, found, strict=True))}
        for layer in layers:
            patches = _patches(seen[layer.source], layer, shapes[layer.weights])
            product = (patches.T @ patches).astype(np.float64)
            sums[layer.weights] = sums.get(layer.weights, 0.0) + product
    return sums


def round_weights(content: bytes, model: onnx.ModelProto, curvature: Curvature) -> bytes:
    """The INT8 graph ``content`` of the float graph ``model`` with weights rounded anew."""
    quantised = onnx.load_from_string(content)
    codes = {tensor.name: tensor for tensor in quantised.graph.initializer}
    floats = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for name, curved in curvature.items():
        target = codes.get(name + _QUANTIZED)
        if target is None:  # a layer that stays in float
            continue
        scale = numpy_helper.to_array(codes[name + _SCALE]).astype(np.float64)
        weights = floats[name].astype(np.float64)
        rows = _compensate(weights.reshape(len(weights), -1), scale, curved)
        values = rows.reshape(weights.shape).astype(np.int8)
        target.CopyFrom(numpy_helper.from_array(values, target.name))
    return quantised.SerializeToString()


def _layers(model: onnx.ModelProto) -> Iterator[_Layer]:
    for node in model.graph.node:
        if node.op_type == "Conv":
            layer = _Layer(node, node.input[1])
            if layer.attributes.get("group", 1) == 1:
                yield layer


def _watch(model: onnx.ModelProto, names: Iterable[str]) -> Session:
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    return Session(watched.SerializeToString())


def _patches(maps: NDArray[Any], layer: _Layer, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """What the weights of a channel are multiplied with, P×K: PLACES a picture, evenly spaced."""
    given = layer.attributes
    top, left, bottom, right = given.get("pads", [0] * 4)
    step_y, step_x = given.get("strides", [1, 1])
    padded = np.pad(maps, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = sliding_window_view(padded, shape[2:], axis=(2, 3))[:, :, ::step_y, ::step_x]
    places = windows.shape[2] * windows.shape[3]
    chosen = np.linspace(0, places - 1, min(places, PLACES)).astype(int)
    rows, columns = np.unravel_index(chosen, windows.shape[2:4])
    found: NDArray[np.float32] = windows[:, :, rows, columns].transpose(0, 2, 1, 3, 4)
    return found.reshape(-1, np.prod(shape[1:]))


def _compensate(weights: Floats, scale: Floats, curvature: Floats) -> Floats:
    """Codes M×K of weights M×K under a scale for each row."""
    order = np.argsort(-np.diag(curvature))
    inverse = _inverse_root(curvature[np.ix_(order, order)])
    left = weights[:, order].copy()
    codes = np.zeros_like(left)
    for place in range(left.shape[1]):
        column = np.clip(np.rint(left[:, place] / scale), -LARGEST_CODE, LARGEST_CODE)
        error = (left[:, place] - column * scale) / inverse[place, place]
        left[:, place:] -= np.outer(error, inverse[place, place:])
        codes[:, place] = column
    found = np.empty_like(codes)
    found[:, order] = codes
    return found


def _inverse_root(curvature: Floats) -> Floats:
    """The upper triangular Cholesky factor of the inverse, K×K."""
    size = len(curvature)
    damped = curvature + np.eye(size) * (DAMPING * np.trace(curvature) / size + 1e-12)
    inverse = np.linalg.inv(damped)
    return np.asarray(np.linalg.cholesky((inverse + inverse.T) / 2).T, np.float64)
