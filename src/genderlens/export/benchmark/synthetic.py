"""A network that works as much as SCRFD-500M and finds nothing: its shapes, with random weights.

Guo et al., "Sample and Computation Redistribution for Efficient Face Detection" (2021): separable
convolutions, 0.5 G multiplications with additions at 640 × 640 px.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from genderlens.graphs.protocol import FLOAT, new_model

SIDE_PX: Final = 640
STEM: Final = 16
STAGES: Final = ((16, 1, 1), (40, 2, 2), (72, 2, 3), (152, 2, 2), (288, 2, 6))
"""Channels, stride of the first block, and blocks."""
_INTS: Final = 7
_INT: Final = 2
_OPSET: Final = 17
_IR: Final = 8


def build_scrfd_work() -> bytes:
    """The graph: 1×3×640×640 floats in, the last stage's features out."""
    return _Builder().build()


class _Builder:
    def __init__(self) -> None:
        self._model, self._rng = new_model(), np.random.default_rng(0)
        self._graph = self._model.graph

    def build(self) -> bytes:
        self._model.ir_version = _IR
        self._model.opset_import.add().version = _OPSET
        self._graph.name = "scrfd work"
        self._declare(self._graph.input.add(), "image", (1, 3, SIDE_PX, SIDE_PX))
        last, before = self._convolve("image", 3, STEM, 3, 2), STEM
        for channels, stride, blocks in STAGES:
            for block in range(blocks):
                last = self._convolve(last, before, before, 3, 1 if block else stride, before)
                last = self._convolve(last, before, channels, 1, 1)
                before = channels
        side = SIDE_PX // 32
        self._declare(self._graph.output.add(), last, (1, before, side, side))
        content: bytes = self._model.SerializeToString()
        return content

    def _declare(self, value: Any, name: str, shape: tuple[int, ...]) -> None:
        value.name = name
        value.type.tensor_type.elem_type = FLOAT
        for size in shape:
            value.type.tensor_type.shape.dim.add().dim_value = size

    def _convolve(
        self, source: str, before: int, after: int, kernel: int, stride: int, groups: int = 1
    ) -> str:
        """A convolution and its activation; the name of what comes out."""
        name = f"conv{len(self._graph.node)}"
        weights = self._graph.initializer.add(name=f"{name}.weight", data_type=FLOAT)
        weights.dims.extend((after, before // groups, kernel, kernel))
        scale = (kernel * kernel * before // groups) ** -0.5
        values = self._rng.normal(0.0, scale, tuple(weights.dims))
        weights.raw_data = values.astype("<f4").tobytes()
        node = self._graph.node.add(op_type="Conv", name=name)
        node.input.extend((source, weights.name))
        node.output.append(name)
        around = kernel // 2
        numbers = {
            "kernel_shape": [kernel] * 2,
            "strides": [stride] * 2,
            "pads": [around] * 4,
        }
        for word, ints in numbers.items():
            node.attribute.add(name=word, type=_INTS).ints.extend(ints)
        node.attribute.add(name="group", type=_INT).i = groups
        active = self._graph.node.add(op_type="Relu", name=f"{name}.relu")
        active.input.append(name)
        active.output.append(f"{name}.active")
        return f"{name}.active"
