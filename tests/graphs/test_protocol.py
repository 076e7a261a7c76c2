"""ONNX's messages are read without the package onnx, and as it reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tools.onnx_protocol import describe_onnx

import photos
from genderlens.graphs.protocol import DESCRIPTION, new_model, read_attribute, read_numbers

PREDICT = """
import sys
sys.modules["onnx"] = sys.modules["ml_dtypes"] = None
from genderlens import load_predictor
print(load_predictor().predict(sys.argv[1]).outcome)
"""


def test_the_description_is_that_of_the_installed_onnx() -> None:
    """Where this fails after an upgrade: ``python -m tools.onnx_protocol``."""
    assert DESCRIPTION.read_bytes() == describe_onnx()


def test_a_photo_is_answered_without_the_package(tmp_path: Path) -> None:
    path = tmp_path / "portrait.png"
    photos.portrait().save(path)
    command = [sys.executable, "-W", "error", "-c", PREDICT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("classified", 0), done.stderr


def test_a_model_reads_as_onnx_reads_it() -> None:
    tensor = numpy_helper.from_array(np.ones((2, 3), np.float32), "w")
    model = helper.make_model(helper.make_graph([], "g", [], [], [tensor]))
    ours = new_model()
    ours.ParseFromString(model.SerializeToString())
    assert ours.graph.initializer[0].name == "w"
    assert ours.SerializeToString() == model.SerializeToString()


TYPES = (
    *(np.float32, np.float16, np.float64, ml_dtypes.bfloat16, np.uint8, np.int8, np.uint16),
    *(np.int16, np.int32, np.int64, np.uint32, np.uint64),
)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("raw", [True, False])
def test_numbers_are_those_that_onnx_reads(kind: type, raw: bool) -> None:
    values: NDArray[Any] = np.array([0, 1, 5, 100], kind)
    stored = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    content = values.tobytes() if raw else values
    tensor = helper.make_tensor("n", stored, [4], content, raw=raw)
    assert read_numbers(tensor).tolist() == [0.0, 1.0, 5.0, 100.0]
    assert numpy_helper.to_array(tensor).astype(np.float64).tolist() == [0.0, 1.0, 5.0, 100.0]


def test_what_is_no_list_of_sizes_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="type 8"):
        read_numbers(TensorProto(data_type=TensorProto.STRING, dims=[1], string_data=[b"a"]))
    with pytest.raises(ValueError, match="buffer size"):
        read_numbers(TensorProto(data_type=TensorProto.INT64, dims=[1], raw_data=b"abc"))


@pytest.mark.parametrize(
    ("value", "numbers"), [(3, [3.0]), ([3, 4], [3.0, 4.0]), (2.5, [2.5]), ([0.5], [0.5])]
)
def test_numbers_of_attributes(value: onnx.AttributeProto, numbers: list[float]) -> None:
    assert read_attribute(helper.make_attribute("v", value)).tolist() == numbers
    assert read_attribute(helper.make_attribute("v", "text")).tolist() == []
