"""A foreign graph made a bundle's: pictures N×3×H×W float32 in, logits N×1 or N×labels out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.graphs.axes import with_free_axes
from genderlens.graphs.runtime import LOGIT
from genderlens.importing.foreign import LEAST_PROBABILITY, ForeignScores, Sign
from genderlens.importing.onnx_graph import ForeignGraph
from genderlens.importing.options import Layout

_PREFIX: Final = "genderlens_"
_LEAST_IR: Final = 4
"""Before it, every weight had to be an input."""
_NAMES: Final = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "float64": TensorProto.DOUBLE,
    "uint8": TensorProto.UINT8,
}


@dataclass(frozen=True)
class GraphChanges:
    """What the new graph is to be."""

    shape: tuple[int, int]
    layout: Layout
    sign: Sign
    scores: ForeignScores


def rewrite_graph(graph: ForeignGraph, changes: GraphChanges) -> onnx.ModelProto:
    """The graph of a bundle; ``graph`` stays as it is.

    Scores that a softmax or a sigmoid at its end makes probabilities are taken before it, so that
    nothing is lost where it is sure; other probabilities are made log-odds.
    """
    model = onnx.ModelProto()
    model.CopyFrom(graph.model)
    _rename(model, LOGIT, f"{_PREFIX}foreign_{LOGIT}")
    ending = graph.ending()
    output = _renamed(ending.tensor if ending.squash else graph.output)
    plain = changes.scores.are_probabilities and not ending.squash
    tail = _Tail(model, changes.scores.outputs, changes.sign)
    tail.append(output, are_probabilities=plain)
    _put_input(model, graph, changes)
    del model.graph.output[:]
    width = changes.scores.width
    model.graph.output.append(
        helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, ["batch", width])
    )
    del model.metadata_props[:]
    del model.graph.value_info[:]
    model.ir_version = max(model.ir_version, _LEAST_IR)
    return with_free_axes(model, {0: "batch"})


class _Tail:
    """The nodes from the foreign scores to the logits."""

    def __init__(self, model: onnx.ModelProto, outputs: int, sign: Sign) -> None:
        self._graph, self._outputs, self._sign = model.graph, outputs, sign

    def append(self, scores: str, *, are_probabilities: bool) -> None:
        """Add them."""
        self._constant("shape", np.asarray([-1, self._outputs], np.int64))
        self._node("Cast", [scores], "float", to=TensorProto.FLOAT)
        self._node("Reshape", [f"{_PREFIX}float", f"{_PREFIX}shape"], "scores")
        if self._outputs > 2:
            name = f"{_PREFIX}scores"
            last = self._log(name, "all") if are_probabilities else name
            self._graph.node.append(helper.make_node("Identity", [last], [LOGIT]))
            return
        high, low = self._columns(are_probabilities=are_probabilities)
        if are_probabilities:
            high, low = self._log(high, "high"), self._log(low or "", "low")
        if low is None:
            self._graph.node.append(
                helper.make_node("Identity" if self._sign > 0 else "Neg", [high], [LOGIT])
            )
            return
        pair = [high, low] if self._sign > 0 else [low, high]
        self._graph.node.append(helper.make_node("Sub", pair, [LOGIT]))

    def _columns(self, *, are_probabilities: bool) -> tuple[str, str | None]:
        """Names of N×1 for and against output 1."""
        if self._outputs == 2:
            for index in (0, 1):
                self._constant(f"index{index}", np.asarray([index], np.int64))
                self._node(
                    "Gather",
                    [f"{_PREFIX}scores", f"{_PREFIX}index{index}"],
                    f"score{index}",
                    axis=1,
                )
            return f"{_PREFIX}score1", f"{_PREFIX}score0"
        if not are_probabilities:
            return f"{_PREFIX}scores", None
        self._constant("one", np.asarray([1.0], np.float32))
        self._node("Sub", [f"{_PREFIX}one", f"{_PREFIX}scores"], "rest")
        return f"{_PREFIX}scores", f"{_PREFIX}rest"

    def _log(self, name: str, which: str) -> str:
        self._constant(f"least_{which}", np.asarray([LEAST_PROBABILITY], np.float32))
        self._node("Max", [name, f"{_PREFIX}least_{which}"], f"kept_{which}")
        self._node("Log", [f"{_PREFIX}kept_{which}"], f"log_{which}")
        return f"{_PREFIX}log_{which}"

    def _constant(self, name: str, values: np.ndarray) -> None:
        self._graph.initializer.append(numpy_helper.from_array(values, f"{_PREFIX}{name}"))

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        made = helper.make_node(operator, inputs, [f"{_PREFIX}{output}"], **attributes)
        self._graph.node.append(made)


def _put_input(model: onnx.ModelProto, graph: ForeignGraph, changes: GraphChanges) -> None:
    """Pictures as ours in front of pictures as the graph wants them."""
    name = _renamed(graph.input.name)
    nodes = []
    outer, steps = f"{_PREFIX}image", _steps(graph, changes.layout)
    current = outer
    for index, (operator, attributes) in enumerate(steps):
        following = name if index == len(steps) - 1 else f"{_PREFIX}image_{index}"
        nodes.append(helper.make_node(operator, [current], [following], **attributes))
        current = following
    first = outer if steps else name
    value = helper.make_tensor_value_info(first, TensorProto.FLOAT, ["batch", 3, *changes.shape])
    weights = [v for v in model.graph.input if v.name != name]
    del model.graph.input[:]
    model.graph.input.extend([value, *weights])
    behind = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *behind])


def _steps(graph: ForeignGraph, layout: Layout) -> list[tuple[str, dict[str, Any]]]:
    steps: list[tuple[str, dict[str, Any]]] = []
    if layout == "nhwc":
        steps.append(("Transpose", {"perm": [0, 2, 3, 1]}))
    if graph.dtype != "float32":
        steps.append(("Cast", {"to": _NAMES[graph.dtype]}))
    return steps


def _renamed(name: str) -> str:
    return f"{_PREFIX}foreign_{LOGIT}" if name == LOGIT else name


def _rename(model: onnx.ModelProto, old: str, new: str) -> None:
    """Give a tensor another name everywhere, in subgraphs too."""
    for graph in _graphs(model.graph):
        for node in graph.node:
            for names in (node.input, node.output):
                names[:] = [new if name == old else name for name in names]
        values: list[Any] = [*graph.input, *graph.output, *graph.initializer]
        for value in values:
            value.name = new if value.name == old else value.name


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    yield from _graphs(inner)
