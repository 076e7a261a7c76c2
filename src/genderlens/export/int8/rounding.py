"""Rounds the weights of an INT8 graph so that the errors of each layer cancel.

Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers",
ICLR 2023, section 3, applied to convolutions: the weights of an output channel are rounded one
after the other, and what the rounding of one does to the layer's output on calibration pictures is
made good by those that are not rounded yet. What is left of the mean goes into the bias (Nagel et
al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019, section
4.2). The scales stay as the quantiser chose them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genderlens.graphs.runtime import Session

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


@dataclass
class Moments:
    """What the K weights of a channel are multiplied with, over all places looked at.

    A depthwise convolution has other inputs for each of its C channels.
    """

    product: Floats
    """K×K, or C×K×K: sums of products of each two of them."""
    total: Floats
    """K, or C×K: sums."""
    places: int

    def add(self, other: Moments) -> None:
        """Count further places."""
        self.product += other.product
        self.total += other.total
        self.places += other.places

    @property
    def mean(self) -> Floats:
        """K, or C×K."""
        return self.total / self.places


Curvature = dict[str, Moments]
"""Name of a convolution's weights to what it is applied to."""


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
    def is_depthwise(self) -> bool:
        """Whether each channel has weights of its own and nothing else."""
        return int(self.attributes.get("group", 1)) > 1

    @property
    def bias(self) -> str | None:
        """The name of its bias, where it has one."""
        return str(self.node.input[2]) if len(self.node.input) > 2 else None

    @property
    def attributes(self) -> dict[str, Any]:
        return {one.name: helper.get_attribute_value(one) for one in self.node.attribute}


def measure_curvature(model: onnx.ModelProto, pictures: Iterable[Pictures]) -> Curvature:
    """How the outputs of each convolution of a float graph depend on its weights.

    ``pictures`` are batches N×3×H×W. Of grouped convolutions only depthwise ones are looked at.
    """
    shapes = {t.name: tuple(t.dims) for t in model.graph.initializer}
    layers = list(_layers(model, shapes))
    given = {value.name for value in model.graph.input}
    inner = list(dict.fromkeys(layer.source for layer in layers if layer.source not in given))
    session = _watch(model, inner)
    sums: Curvature = {}
    for batch in pictures:
        found = session.run({session.input_name: batch}, inner) if inner else []
        seen = {session.input_name: batch, **dict(zip(inner, found, strict=True))}
        for layer in layers:
            found_here = _moments(_patches(seen[layer.source], layer, shapes[layer.weights]))
            if layer.weights in sums:
                sums[layer.weights].add(found_here)
            else:
                sums[layer.weights] = found_here
    return sums


def round_weights(content: bytes, model: onnx.ModelProto, curvature: Curvature) -> bytes:
    """The INT8 graph ``content`` of the float graph ``model`` with weights rounded anew."""
    quantised = onnx.load_from_string(content)
    codes = {tensor.name: tensor for tensor in quantised.graph.initializer}
    floats = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    shapes = {name: tuple(values.shape) for name, values in floats.items()}
    layers = {layer.weights: layer for layer in _layers(model, shapes)}
    for name, moments in curvature.items():
        target = codes.get(name + _QUANTIZED)
        if target is None:  # a layer that stays in float
            continue
        scale = numpy_helper.to_array(codes[name + _SCALE]).astype(np.float64)
        weights = floats[name].astype(np.float64)
        rows = weights.reshape(len(weights), -1)
        rounded = _compensate(rows, scale, moments.product)
        values = rounded.reshape(weights.shape).astype(np.int8)
        target.CopyFrom(numpy_helper.from_array(values, target.name))
        lost = ((rows - rounded * scale[:, None]) * moments.mean).sum(axis=1)
        _correct_bias(codes, layers[name].bias, lost)
    return quantised.SerializeToString()


def _correct_bias(codes: dict[str, TensorProto], name: str | None, lost: Floats) -> None:
    """Add to the bias of a layer what its outputs lost on average by the rounding of weights."""
    target = codes.get(f"{name}{_QUANTIZED}")
    if target is None:
        return
    scale = numpy_helper.to_array(codes[f"{name}{_QUANTIZED}{_SCALE}"]).astype(np.float64)
    values = numpy_helper.to_array(target) + np.rint(lost / scale).astype(np.int32)
    target.CopyFrom(numpy_helper.from_array(values.astype(np.int32), target.name))


def _layers(model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[_Layer]:
    for node in model.graph.node:
        if node.op_type == "Conv" and node.input[1] in shapes:
            layer = _Layer(node, node.input[1])
            if not layer.is_depthwise or shapes[layer.weights][1] == 1:
                yield layer


def _moments(patches: NDArray[np.float32]) -> Moments:
    """Of patches P×K, or C×P×K."""
    product = np.swapaxes(patches, -1, -2) @ patches
    return Moments(
        product.astype(np.float64),
        patches.sum(axis=-2, dtype=np.float64),
        patches.shape[-2],
    )


def _watch(model: onnx.ModelProto, names: Iterable[str]) -> Session:
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    return Session(watched.SerializeToString())


def _patches(maps: NDArray[Any], layer: _Layer, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """What the weights of a channel are multiplied with: PLACES a picture, evenly spaced.

    P×K, or C×P×K for a depthwise convolution.
    """
    given = layer.attributes
    top, left, bottom, right = given.get("pads", [0] * 4)
    step_y, step_x = given.get("strides", [1, 1])
    padded = np.pad(maps, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = sliding_window_view(padded, shape[2:], axis=(2, 3))[:, :, ::step_y, ::step_x]
    places = windows.shape[2] * windows.shape[3]
    chosen = np.linspace(0, places - 1, min(places, PLACES)).astype(int)
    rows, columns = np.unravel_index(chosen, windows.shape[2:4])
    found: NDArray[np.float32] = windows[:, :, rows, columns]
    if layer.is_depthwise:
        return found.transpose(1, 0, 2, 3, 4).reshape(shape[0], -1, np.prod(shape[2:]))
    return found.transpose(0, 2, 1, 3, 4).reshape(-1, np.prod(shape[1:]))


def _compensate(weights: Floats, scale: Floats, curvature: Floats) -> Floats:
    """Codes M×K of weights M×K under a scale for each row; ``curvature`` is K×K or M×K×K."""
    if curvature.ndim == 3:
        rows = zip(weights, scale, curvature, strict=True)
        return np.concatenate([_compensate(w[None], s[None], c) for w, s, c in rows])
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
