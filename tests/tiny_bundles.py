"""Bundles of a few bytes that tell the coloured squares of ``class_folders`` apart."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from genderlens.bundle import (
    MODEL,
    CalibrationSpec,
    Description,
    InferenceSpec,
    PrecisionSpec,
    load_bundle,
    write_bundle,
)

SIZE_PX = 32


def make_bundle(
    folder: Path, name: str, *, gain: float = 10.0, version: str = "1", slow: int = 0
) -> Path:
    """Its logit is ``gain`` times blue less red: right above 0, wrong below.

    ``slow`` is the side of a square matrix that is multiplied with itself for nothing.
    """
    folder.mkdir(parents=True)
    onnx.save(_network(gain, slow), folder / MODEL)
    (folder / "MODEL_CARD.md").write_text(f"# Model card: {name}\n", "utf-8")
    shipped = describe_fp32()
    description = shipped.model_copy(
        update={
            "name": name,
            "version": version,
            "created": f"2026-11-21T10:00:0{len(name) % 10}+00:00",
            "input": shipped.input.model_copy(update={"size_px": SIZE_PX}),
            "calibration": CalibrationSpec(temperature=1.0, abstain_below=0.5),
            "evaluation": None,
        }
    )
    write_bundle(folder, description)
    return folder


def describe_fp32() -> Description:
    """The shipped description for a graph of another kind: no INT8, one view."""
    plain = {"precision": PrecisionSpec(), "inference": InferenceSpec()}
    return load_bundle().description.model_copy(update=plain)


def _network(gain: float, slow: int) -> onnx.ModelProto:
    shape = ["n", 3, SIZE_PX, SIZE_PX]
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)
    output = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1])
    nodes = [
        helper.make_node("ReduceMean", ["image", "axes"], ["means"], keepdims=0),
        helper.make_node("MatMul", ["means", "weights"], ["plain"]),
    ]
    tensors = [
        helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3]),
        helper.make_tensor("weights", TensorProto.FLOAT, [3, 1], [-gain, 0.0, gain]),
        helper.make_tensor("side", TensorProto.INT64, [2], [max(slow, 1)] * 2),
        helper.make_tensor("corner", TensorProto.INT64, [1], [0]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
    ]
    nodes += [
        helper.make_node("ReduceMean", ["means"], ["scalar"], keepdims=0),
        helper.make_node("Expand", ["scalar", "side"], ["square"]),
        helper.make_node("MatMul", ["square", "square"], ["product"]),
        helper.make_node("ReduceMean", ["product"], ["waste"], keepdims=0),
        helper.make_node("Mul", ["waste", "nothing"], ["zero"]),
        helper.make_node("Add", ["plain", "zero"], ["logit"]),
    ]
    graph = helper.make_graph(nodes, "colour", [value], [output], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
