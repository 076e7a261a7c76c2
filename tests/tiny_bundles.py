"""Bundles of a few bytes that tell the coloured squares of ``class_folders`` apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.bundle import (
    INT8_MODEL,
    MODEL,
    Bundle,
    CalibrationSpec,
    Description,
    HeadSpec,
    InferenceSpec,
    PrecisionSpec,
    load_bundle,
    write_bundle,
)
from genderlens.export.golden import add_golden
from genderlens.graphs.golden import GOLDEN
from genderlens.heads import Head
from genderlens.heads.default import GENDER

SIZE_PX = 32
_WEIGHTS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT8)


def make_bundle(
    folder: Path,
    name: str,
    *,
    gain: float = 10.0,
    version: str = "1",
    slow: int = 0,
    heads: Sequence[Head] = (GENDER,),
) -> Path:
    """Its logit is ``gain`` times blue less red: right above 0, wrong below.

    Of a head of several labels, the first three follow red, green and blue; the others do so more
    weakly. ``slow`` is the side of a square matrix that is multiplied with itself for nothing.
    """
    folder.mkdir(parents=True)
    onnx.save(_network(gain, slow, heads), folder / MODEL)
    (folder / "MODEL_CARD.md").write_text(f"# Model card: {name}\n", "utf-8")
    shipped = describe_fp32()
    description = shipped.model_copy(
        update={
            "name": name,
            "version": version,
            "created": f"2026-11-21T10:00:0{len(name) % 10}+00:00",
            "input": shipped.input.model_copy(update={"size_px": SIZE_PX}),
            "heads": tuple(map(_describe_head, heads)),
            "evaluation": None,
        }
    )
    write_bundle(folder, description)
    return folder


def _describe_head(head: Head) -> HeadSpec:
    calibration = CalibrationSpec(temperature=1.0, abstain_below=1.0 / len(head.labels))
    return HeadSpec(
        name=head.name,
        labels=head.labels,
        kind=head.kind,
        output=head.output,
        calibration=calibration,
    )


def make_int8_bundle(folder: Path, name: str, *, gain: float = 10.0) -> Bundle:
    """As ``make_bundle``, with golden inputs and a graph of INT8 weights beside it that serves."""
    make_bundle(folder, name, gain=gain)
    onnx.save(_with_bytes(_network(gain, 0, (GENDER,))), folder / INT8_MODEL)
    bundle = load_bundle(str(folder))
    serving = PrecisionSpec(serves="int8", reason="a test")
    description = bundle.description.model_copy(update={"precision": serving})
    return add_golden(write_bundle(folder, description))


def alter_weight(bundle: Bundle, graph: str) -> Bundle:
    """The bundle with one weight of a graph changed, and its files signed anew."""
    model = onnx.load(bundle.path / graph)
    tensor = max(
        (t for t in model.graph.initializer if t.data_type in _WEIGHTS), key=lambda t: len(t.dims)
    )
    values = numpy_helper.to_array(tensor).copy()
    values.flat[0] = -values.flat[0] if values.flat[0] else values.flat[-1]
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    onnx.save(model, bundle.path / graph)
    return write_bundle(bundle.path, bundle.description)


def drop_golden(folder: Path) -> Path:
    """The folder of a bundle, made ready for another graph than was measured."""
    (folder / GOLDEN).unlink(missing_ok=True)
    return folder


def describe_fp32() -> Description:
    """The shipped description for a graph of another kind: no INT8, one view."""
    plain = {"precision": PrecisionSpec(), "inference": InferenceSpec()}
    return load_bundle().description.model_copy(update=plain)


def with_calibration(description: Description, calibration: CalibrationSpec) -> Description:
    """The same with another calibration of the first head, and none of other augmentations."""
    changed = {"calibration": calibration, "calibrations": {}}
    first, *further = description.heads
    heads = (first.model_copy(update=changed), *further)
    return description.model_copy(update={"heads": heads})


def _network(gain: float, slow: int, heads: Sequence[Head]) -> onnx.ModelProto:
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIZE_PX, SIZE_PX])
    outputs = [
        helper.make_tensor_value_info(head.output, TensorProto.FLOAT, ["n", head.width])
        for head in heads
    ]
    nodes = [
        helper.make_node("ReduceMean", ["image", "axes"], ["means"], keepdims=0),
        helper.make_node("MatMul", ["means", "weights"], ["plain"]),
    ]
    tensors = [
        helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3]),
        helper.make_tensor(
            "weights", TensorProto.FLOAT, [3, heads[0].width], _weights(gain, heads[0])
        ),
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
    for head in heads[1:]:
        name, size = f"weights_{head.name}", [3, head.width]
        tensors.append(helper.make_tensor(name, TensorProto.FLOAT, size, _weights(gain, head)))
        nodes.append(helper.make_node("MatMul", ["means", name], [head.output]))
    graph = helper.make_graph(nodes, "colour", [value], outputs, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def _weights(gain: float, head: Head) -> list[float]:
    """3×width, row by row: of red, green and blue."""
    if head.is_binary:
        return [-gain, 0.0, gain]
    return [
        gain / (1 + at // 3) if at % 3 == colour else 0.0
        for colour in range(3)
        for at in range(head.width)
    ]


def _with_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The weights as INT8 with one scale; computed in float, so that every processor agrees."""
    graph = model.graph
    (weights,) = (tensor for tensor in graph.initializer if tensor.name == "weights")
    values = numpy_helper.to_array(weights)
    scale = float(abs(values).max()) / 127.0
    graph.initializer.remove(weights)
    rounded = (values / scale).round().astype("int8")
    graph.initializer.append(numpy_helper.from_array(rounded, "weight_bytes"))
    graph.initializer.append(helper.make_tensor("scale", TensorProto.FLOAT, [], [scale]))
    graph.node.insert(0, helper.make_node("Mul", ["weight_floats", "scale"], ["weights"]))
    cast = helper.make_node("Cast", ["weight_bytes"], ["weight_floats"], to=TensorProto.FLOAT)
    graph.node.insert(0, cast)
    return model
