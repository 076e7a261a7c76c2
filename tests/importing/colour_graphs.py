"""ONNX graphs of somebody else's that tell the coloured squares of ``class_folders`` apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

SIZE_PX = 32


def write_colours(
    path: Path,
    *,
    columns: int = 2,
    ending: str | None = None,
    nhwc: bool = False,
    batch: int | str = "n",
    dtype: int = TensorProto.FLOAT,
    metadata: dict[str, str] | None = None,
    output: str = "scores",
    gain: float = 8.0,
) -> Path:
    """Blue less red is high in the last column, red less blue in the first of two.

    ``ending`` is an operator behind the scores. Channels are first unless ``nhwc``.
    """
    weights = [[-gain], [0.0], [gain]] if columns == 1 else [[gain, -gain], [0, 0], [-gain, gain]]
    weights = [[*row, *[0.0] * (columns - len(row))] for row in weights]
    shape = [batch, SIZE_PX, SIZE_PX, 3] if nhwc else [batch, 3, SIZE_PX, SIZE_PX]
    nodes = [
        helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node(
            "ReduceMean", ["floats"], ["means"], axes=[1, 2] if nhwc else [2, 3], keepdims=0
        ),
        helper.make_node("MatMul", ["means", "weights"], [output if ending is None else "raw"]),
    ]
    if ending is not None:
        attributes: dict[str, Any] = {"axis": 1} if ending == "Softmax" else {}
        nodes.append(helper.make_node(ending, ["raw"], [output], **attributes))
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("pixels", dtype, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [batch, columns])],
        [
            helper.make_tensor(
                "weights", TensorProto.FLOAT, [3, columns], [x for row in weights for x in row]
            )
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, path)
    return path
