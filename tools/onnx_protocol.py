"""``python -m tools.onnx_protocol``: the description of ONNX's messages, from onnx itself."""

from __future__ import annotations

import onnx

from genderlens.graphs.protocol import DESCRIPTION


def describe_onnx() -> bytes:
    """The compiled ``onnx-ml.proto`` of the installed package."""
    content: bytes = onnx.ModelProto.DESCRIPTOR.file.serialized_pb
    return content


if __name__ == "__main__":
    DESCRIPTION.write_bytes(describe_onnx())
