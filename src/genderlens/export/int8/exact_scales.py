"""Ranges of activations under which integer sums are exact, so that every engine rounds alike.

An INT8 sum is ``round(a · sa/sc + b · sb/sc)`` in float32. Engines with fused multiply-add round it
once, WebAssembly twice, and a byte in a hundred thousand comes out different; what follows makes
that a visible difference of the answer. With ratios ``sa/sc`` and ``sb/sc`` of few binary digits
there is nothing to round before the end, and both get the same byte.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

RATIO_DIGITS: Final = 5
"""Binary digits of a ratio; rounding up to them widens a range by 1/16 at most."""
MAX_DIGITS: Final = 16
"""Of a scale: 255 times it must still be exact in the 24 of float32."""
_SUFFIX: Final = "_scale"


class Scale(NamedTuple):
    """The step between two values of an 8-bit activation, and the byte that means zero."""

    step: float
    zero: int


class _Sum(NamedTuple):
    """Names of the activations around one Add."""

    terms: tuple[str, ...]
    total: str


def exact_steps(model: onnx.ModelProto) -> dict[str, Scale]:
    """New scales, by activation, for all that the sums of a QDQ graph touch.

    Later sums are settled first: the total of one is a term of the next along a residual path. A
    term of two sums keeps the scale that the later one gave it.
    """
    scales = _read_scales(model)
    steps: dict[str, float] = {}
    for one in reversed(list(_sums(model))):
        total = steps.setdefault(one.total, round_up(scales[one.total].step, RATIO_DIGITS))
        for term in one.terms:
            if term not in steps:
                digits = max(1, min(RATIO_DIGITS, MAX_DIGITS - count_digits(total)))
                steps[term] = total * round_up(scales[term].step / total, digits)
    return {name: Scale(step, scales[name].zero) for name, step in steps.items()}


def set_ranges(ranges: Any, steps: Mapping[str, Scale]) -> Any:
    """A copy of onnxruntime's TensorsData whose ranges give the scales in ``steps``."""
    from onnxruntime.quantization import calibrate

    create: Any = calibrate.TensorData
    collect: Any = calibrate.TensorsData
    data = {name: create(**_ends(value)) for name, value in ranges.items()}
    for name, (step, zero) in steps.items():
        low, high = np.float32(-zero * step), np.float32((255 - zero) * step)
        data[name] = create(lowest=np.asarray(low), highest=np.asarray(high))
    return collect(ranges.calibration_method, data)


def round_up(value: float, digits: int) -> float:
    """The least number of so many binary digits that is not below a positive value."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.ceil(math.ldexp(mantissa, digits)), exponent - digits)


def count_digits(value: float) -> int:
    """Binary digits of a positive number from the first to the last that is 1."""
    numerator, _ = value.as_integer_ratio()
    return (numerator // (numerator & -numerator)).bit_length()


def _ends(value: Any) -> dict[str, Any]:
    return {"lowest": value.range_value[0], "highest": value.range_value[1]}


def _read_scales(model: onnx.ModelProto) -> dict[str, Scale]:
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    return {
        _activation(node): Scale(
            float(numpy_helper.to_array(constants[node.input[1]])),
            int(numpy_helper.to_array(constants[node.input[2]])),
        )
        for node in model.graph.node
        if node.op_type == "QuantizeLinear"
    }


def _sums(model: onnx.ModelProto) -> Iterator[_Sum]:
    """Every Add between bytes, in order."""
    makers = {name: node for node in model.graph.node for name in node.output}
    readers = {name: node for node in model.graph.node for name in node.input}
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        terms = [makers.get(name) for name in node.input]
        total = readers.get(node.output[0])
        if total is not None and total.op_type == "Relu":
            total = readers.get(total.output[0])
        if total is None or total.op_type != "QuantizeLinear":
            continue
        if all(term is not None and term.op_type == "DequantizeLinear" for term in terms):
            names = tuple(_activation(term) for term in terms if term is not None)
            yield _Sum(names, _activation(total))


def _activation(node: onnx.NodeProto) -> str:
    return node.input[1].removesuffix(_SUFFIX)
