"""ONNX's messages without the package onnx, which serving does not need.

``onnx-ml.binpb`` is their description, the compiled ``onnx-ml.proto`` of ONNX (Apache-2.0).
``python -m tools.onnx_protocol`` writes it anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from numpy.typing import NDArray

DESCRIPTION: Final = Path(__file__).with_name("onnx-ml.binpb")
EXTERNAL: Final = 1
"""Where a tensor's ``data_location`` says that its values lie in another file."""
FLOAT: Final = 1
_BFLOAT16: Final = 16
"""What a tensor holds, as ``elem_type`` and ``data_type`` say it."""
_TYPES: Final[dict[int, tuple[str, str]]] = {
    FLOAT: ("<f4", "float_data"),
    2: ("u1", "int32_data"),
    3: ("i1", "int32_data"),
    4: ("<u2", "int32_data"),
    5: ("<i2", "int32_data"),
    6: ("<i4", "int32_data"),
    7: ("<i8", "int64_data"),
    10: ("<f2", "int32_data"),
    11: ("<f8", "double_data"),
    12: ("<u4", "uint64_data"),
    13: ("<u8", "uint64_data"),
    _BFLOAT16: ("<u2", "int32_data"),
}
"""A tensor's ``data_type`` → its numbers in ``raw_data``, and the field that else holds them."""
_IN_ATTRIBUTES: Final = {1: "f", 2: "i", 6: "floats", 7: "ints"}
"""An attribute's ``type`` → the field that holds its numbers."""

Numbers = NDArray[np.float64]


def new_model() -> Any:
    """An empty ``ModelProto``; a pool of its own keeps it apart from that of the package onnx."""
    return _model_class()()


def read_numbers(tensor: Any) -> Numbers:
    """The numbers of a ``TensorProto`` that holds them itself, one after the other.

    ValueError where they are not whole, or of a type that no list of sizes has.
    """
    if tensor.data_type not in _TYPES:
        raise ValueError(f"type {tensor.data_type}")
    form, field = _TYPES[tensor.data_type]
    if tensor.HasField("raw_data"):
        values = np.frombuffer(tensor.raw_data, form)
    elif form == "<f2" or tensor.data_type == _BFLOAT16:
        values = np.asarray(getattr(tensor, field), "<u2").view(form)
    else:
        values = np.asarray(getattr(tensor, field)).astype(form)
    if tensor.data_type == _BFLOAT16:
        values = (values.astype("<u4") << 16).view("<f4")
    return values.astype(np.float64)


def read_attribute(attribute: Any) -> Numbers:
    """The numbers of an ``AttributeProto``, none where it holds something else."""
    field = _IN_ATTRIBUTES.get(attribute.type)
    return np.atleast_1d(np.asarray(getattr(attribute, field) if field else [], np.float64))


@cache
def _model_class() -> type[Message]:
    pool = DescriptorPool()
    pool.Add(FileDescriptorProto.FromString(DESCRIPTION.read_bytes()))
    return GetMessageClass(pool.FindMessageTypeByName("onnx.ModelProto"))
