"""Sums of bytes that every engine rounds alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from genderlens.export.int8.exact_scales import MAX_DIGITS, count_digits, exact_steps, round_up
from genderlens.export.int8.quantize import FloatGraph, calibrate_ranges, quantize_static
from genderlens.graphs.runtime import LOGIT, Session


def residual() -> FloatGraph:
    """Two blocks, the sum of the first a term of the second's."""
    rng = np.random.default_rng(3)
    weights = {f"w{i}": rng.normal(size=(8, 3 if i == 0 else 8, 3, 3)) * 0.3 for i in range(4)}
    weights["dense"] = rng.normal(size=(8, 1))
    nodes = []
    for index, (source, target) in enumerate((("image", "a"), ("a", "b"), ("s", "c"))):
        conv = f"conv{index}"
        nodes.append(helper.make_node("Conv", [source, f"w{index}"], [conv], conv, pads=[1] * 4))
        nodes.append(helper.make_node("Relu", [conv], [target]))
        if index:
            total, terms = (("s", ["a", "b"]), ("t", ["s", "c"]))[index - 1]
            nodes.append(helper.make_node("Add", terms, [total], f"add{index}"))
    nodes += [
        helper.make_node("Conv", ["t", "w3"], ["d"], "conv3", pads=[1] * 4),
        helper.make_node("GlobalAveragePool", ["d"], ["e"], "mean"),
        helper.make_node("Flatten", ["e"], ["f"], "flat"),
        helper.make_node("Gemm", ["f", "dense"], [LOGIT], "dense"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 16, 16])],
        [helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in weights.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return FloatGraph(onnx.shape_inference.infer_shapes(model))


@pytest.fixture(scope="module")
def int8() -> onnx.ModelProto:
    pictures = np.random.default_rng(1).normal(size=(8, 3, 16, 16)).astype(np.float32)
    graph = residual()
    return onnx.load_from_string(
        quantize_static(graph, calibrate_ranges(graph, [pictures], "percentile"))
    )


def scale_of(model: onnx.ModelProto, name: str) -> np.float32:
    (found,) = (t for t in model.graph.initializer if t.name == f"{name}_scale")
    return np.float32(numpy_helper.to_array(found))


def test_ratios_of_every_sum_have_few_digits(int8: onnx.ModelProto) -> None:
    for terms, total in ((("a", "b"), "s"), (("s", "c"), "t")):
        for term in terms:
            ratio = scale_of(int8, term) / scale_of(int8, total)
            assert ratio.dtype == np.float32
            assert count_digits(float(ratio)) <= 6


def test_fused_and_separate_arithmetic_give_the_same_byte(int8: onnx.ModelProto) -> None:
    a, b = (values.ravel() for values in np.meshgrid(np.arange(256), np.arange(256)))
    first, second = (scale_of(int8, name) / scale_of(int8, "s") for name in ("a", "b"))
    once = (a.astype(np.float64) * first + b.astype(np.float64) * second).astype(np.float32)
    twice = a.astype(np.float32) * first + (b.astype(np.float32) * second)
    assert np.array_equal(once, twice)


def test_scales_that_are_exact_stay(int8: onnx.ModelProto) -> None:
    for name, (step, zero) in exact_steps(int8).items():
        assert step == pytest.approx(float(scale_of(int8, name)), rel=1e-7)
        assert 0 <= zero <= 255
        assert count_digits(step) <= MAX_DIGITS


def test_the_answer_stays_near(int8: onnx.ModelProto, tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).normal(size=(8, 3, 16, 16)).astype(np.float32)
    answers = [
        Session(model.SerializeToString()).run({"image": pictures})[0]
        for model in (residual().model, int8)
    ]
    assert np.abs(answers[0] - answers[1]).max() < 0.1 * np.ptp(answers[0]) + 0.1


@pytest.mark.parametrize(
    ("value", "digits", "expected"), [(0.3, 2, 0.375), (1.0, 5, 1.0), (0.0321, 1, 0.0625)]
)
def test_rounding_is_upwards(value: float, digits: int, expected: float) -> None:
    assert round_up(value, digits) == expected


@pytest.mark.parametrize(("value", "expected"), [(1.0, 1), (0.375, 2), (6.0, 2), (0.15625, 3)])
def test_digits(value: float, expected: int) -> None:
    assert count_digits(value) == expected
