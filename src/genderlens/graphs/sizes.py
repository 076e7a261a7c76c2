"""How large the results of ONNX operators are that make much out of little.

A few bytes may ask for a tensor of a trillion elements. Where the size stands in the file, it is
read here; where it is computed, only a limit on memory helps (see genderlens.guests).
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.errors import BundleIntegrityError
from genderlens.graphs.protocol import read_attribute, read_numbers

MAX_ELEMENTS: Final = 500_000_000
"""Of all weights together, and of one result."""
_MAX_SIZES: Final = 4096
"""A list of sizes is short; a longer constant is none."""
_SIZES_INPUT: Final = {
    "ConstantOfShape": (0,),
    "Expand": (1,),
    "OneHot": (1,),
    "Pad": (1,),
    "Range": (0, 1, 2),
    "Resize": (3,),
    "Tile": (1,),
}
"""Operators whose result is as large as numbers say, and which inputs those are."""
_RANDOM: Final = frozenset({"RandomNormal", "RandomUniform"})
_Constants = Mapping[str, NDArray[np.float64]]


def require_small_results(graph: Any, name: str) -> None:
    """BundleIntegrityError where a node of the graph itself asks for more than MAX_ELEMENTS."""
    wanted = {node.input[i] for node in graph.node for i in _sizes_at(node)}
    constants = dict(_constants(graph, wanted))
    for node in graph.node:
        asked = _asked(node, constants)
        if not 0 <= asked <= MAX_ELEMENTS:
            raise BundleIntegrityError(
                f"{name} asks {node.op_type} for {asked:.3g} elements, the limit is "
                f"{MAX_ELEMENTS:,}; such a graph is not loaded"
            )


def _sizes_at(node: Any) -> Iterator[int]:
    """Which inputs of a node are sizes, and there."""
    places = _SIZES_INPUT.get(node.op_type, ())
    return (place for place in places if place < len(node.input))


def _constants(graph: Any, wanted: Container[str]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """The short lists of numbers in the graph that have a wanted name."""
    for tensor in graph.initializer:
        if tensor.name in wanted:
            yield from _numbers(tensor.name, tensor)
    for node in graph.node:
        if node.op_type != "Constant" or not node.output or node.output[0] not in wanted:
            continue
        for attribute in node.attribute:
            if attribute.name == "value":
                yield from _numbers(node.output[0], attribute.t)
            elif attribute.name in {"value_int", "value_ints", "value_float", "value_floats"}:
                yield node.output[0], read_attribute(attribute)


def _numbers(name: str, tensor: Any) -> Iterator[tuple[str, NDArray[np.float64]]]:
    dims = list(tensor.dims)
    if tensor.external_data or min(dims, default=0) < 0 or math.prod(dims) > _MAX_SIZES:
        return
    try:
        yield name, read_numbers(tensor)
    except (ValueError, OverflowError):
        return  # no list of sizes; whether its bytes are whole is not the question here


def _asked(node: Any, constants: _Constants) -> float:
    """The elements that a node asks for where the file says so, else 0."""
    if node.op_type in _RANDOM:
        sizes = [list(a.ints) for a in node.attribute if a.name == "shape"]
        return _product(np.asarray(sizes[0], np.float64)) if sizes else 0.0
    found = [constants.get(node.input[place]) for place in _sizes_at(node)]
    known = [numbers for numbers in found if numbers is not None and numbers.size]
    if not known or len(known) < len(found):
        return 0.0
    if node.op_type == "Range":
        return _steps(*(float(numbers[0]) for numbers in known))
    if node.op_type == "Pad":
        return float(np.abs(known[0]).sum())
    return _product(known[0])


def _product(sizes: NDArray[np.float64]) -> float:
    """A negative size is a mistake that the engine reports; here only vast ones count."""
    with np.errstate(all="ignore"):
        return float(np.abs(sizes[sizes != 0]).prod())


def _steps(start: float, limit: float = 0.0, delta: float = 1.0) -> float:
    return max(0.0, (limit - start) / delta) if delta else 0.0
