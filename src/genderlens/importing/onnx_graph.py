"""A foreign ONNX graph as it lies in its file: input, outputs, and how its answer ends."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto

from genderlens.errors import BundleError, did_you_mean
from genderlens.graphs.scan import scan_model
from genderlens.importing.options import LAYOUTS, Layout

LEAST_OPSET: Final = 9
_TYPES: Final[dict[int, str]] = {
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
    TensorProto.DOUBLE: "float64",
    TensorProto.UINT8: "uint8",
}
_CHANNELS: Final[dict[Layout, int]] = {"nchw": 1, "nhwc": 3}
"""The axis of the colours."""
_SHAPERS: Final = frozenset({"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"})
"""Operators that leave values as they are."""
_LABEL_KEYS: Final = ("labels", "id2label", "names", "classes", "class_names", "label_names")


@dataclass(frozen=True)
class Ending:
    """How a graph ends: the tensor that holds its scores, and what was made of them."""

    tensor: str
    squash: str | None
    """``Softmax`` or ``Sigmoid`` behind the scores; None where there is neither."""


@dataclass(frozen=True)
class ForeignGraph:
    """A scanned graph with one picture going in."""

    model: onnx.ModelProto
    name: str
    output: str

    @property
    def input(self) -> onnx.ValueInfoProto:
        return _true_inputs(self.model)[0]

    @property
    def dtype(self) -> str:
        """What the picture's numbers are, as NumPy calls it."""
        return _TYPES[self.input.type.tensor_type.elem_type]

    def layout(self, wanted: Layout | None) -> Layout:
        """Where the three channels are; BundleError where neither file nor flag says it."""
        dims = _dims(self.input)
        found = [layout for layout in LAYOUTS if dims[_CHANNELS[layout]] == 3]
        free = found or [layout for layout in LAYOUTS if dims[_CHANNELS[layout]] is None]
        if wanted is not None and wanted in free:
            return wanted
        if wanted is None and len(found) == 1:
            return found[0]
        shape = "×".join("?" if side is None else str(side) for side in dims)
        if wanted is None and free:
            raise BundleError(
                f"{self.name} takes {shape}, which does not tell where its channels are; give "
                "--layout nchw or --layout nhwc"
            )
        raise BundleError(
            f"{self.name} takes {shape}, which is no colour picture"
            + (f" in the layout {wanted}" if wanted else "")
            + "; it must be N×3×H×W (nchw) or N×H×W×3 (nhwc)"
        )

    def shape(self, layout: Layout) -> tuple[int, int] | None:
        """Height and width in pixels, None where the file leaves them open."""
        dims = _dims(self.input)
        height, width = dims[2:] if layout == "nchw" else dims[1:3]
        return None if height is None or width is None else (height, width)

    def words(self) -> tuple[str, ...]:
        """Its own words for its outputs, where its metadata hold them."""
        held = {entry.key.lower(): entry.value for entry in self.model.metadata_props}
        for key in _LABEL_KEYS:
            if key in held:
                return parse_label_list(held[key])
        return ()

    def parameters(self) -> int:
        """Numbers that it stores."""
        return sum(int(np.prod(t.dims, dtype=np.int64)) for t in self.model.graph.initializer)

    def ending(self) -> Ending:
        """What lies behind the scores."""
        makers = {name: node for node in self.model.graph.node for name in node.output}
        tensor, node = self.output, makers.get(self.output)
        while node is not None and node.op_type in _SHAPERS:
            tensor = node.input[0]
            node = makers.get(tensor)
        if node is not None and node.op_type in {"Softmax", "Sigmoid"}:
            return Ending(node.input[0], node.op_type)
        return Ending(self.output, None)


def read_graph(content: bytes, name: str, output: str | None) -> ForeignGraph:
    """The graph in the bytes of a file.

    Raises BundleIntegrityError where it is not safe to load, BundleError where it is no classifier
    of pictures, or has several outputs and none is named.
    """
    scan_model(content, name)
    model = onnx.load_model_from_string(content)
    _require_opset(model, name)
    inputs = _true_inputs(model)
    if len(inputs) != 1 or len(_dims(inputs[0])) != 4:
        shown = ", ".join(value.name for value in inputs) or "nothing"
        raise BundleError(
            f"{name} takes {shown}; a bundle's graph takes one batch of pictures with four axes"
        )
    kind = inputs[0].type.tensor_type.elem_type
    if kind not in _TYPES:
        raise BundleError(
            f"{name} takes numbers of the type {TensorProto.DataType.Name(kind)}; known are "
            f"{', '.join(_TYPES.values())}"
        )
    return ForeignGraph(model, name, _choose_output(model, name, output))


def parse_label_list(text: str) -> tuple[str, ...]:
    """Words in JSON, in Python's notation, or with commas; a mapping is read by its numbers."""
    value: Any = text
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
            break
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    if isinstance(value, dict):
        return words_by_number(value)
    words = value if isinstance(value, (list, tuple)) else str(text).split(",")
    return tuple(str(word).strip() for word in words)


def words_by_number(mapping: dict[Any, Any]) -> tuple[str, ...]:
    """The words of ``id2label``, in the order of their numbers; none where a number is missing."""
    by_number = {str(number): str(word) for number, word in mapping.items()}
    numbers = [str(number) for number in range(len(by_number))]
    return tuple(by_number[n] for n in numbers) if set(numbers) == set(by_number) else ()


def _choose_output(model: onnx.ModelProto, name: str, wanted: str | None) -> str:
    names = [value.name for value in model.graph.output]
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    shown = ", ".join(names[:20])
    if wanted is not None:
        raise BundleError(
            f"{name} has no output {wanted!r}{did_you_mean(wanted, names)}; it has {shown}"
        )
    raise BundleError(f"{name} has {len(names)} outputs; say which answers: --output, of {shown}")


def _require_opset(model: onnx.ModelProto, name: str) -> None:
    version = next((e.version for e in model.opset_import if e.domain in {"", "ai.onnx"}), 0)
    if version < LEAST_OPSET:
        raise BundleError(
            f"{name} has the operator set {version}; export it with {LEAST_OPSET} or later"
        )


def _true_inputs(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """Old exporters list every weight as an input too."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in weights]


def _dims(value: onnx.ValueInfoProto) -> list[int | None]:
    return [dim.dim_value or None for dim in value.type.tensor_type.shape.dim]
