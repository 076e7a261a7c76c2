"""Requests and answers of the Open Inference Protocol: named tensors, as JSON or as bytes.

The protocol is KServe's "Open Inference Protocol (V2)"; bytes behind the JSON are Triton's "binary
tensor data extension". A BYTES element in JSON is base64 here, for JSON holds no bytes.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.errors import MalformedRequestError, TooManyFilesError
from genderlens.service.json_body import decode_base64, parse_json, read_attributes

INPUT: Final = "image"
DTYPES: Final = {"BYTES": None, "UINT8": np.uint8, "FP32": np.float32}
MAX_JSON_BYTES: Final = 1024 * 1024
"""Of numbers in JSON, which take many times their size in memory; more goes as bytes."""
Columns = Mapping[str, tuple[str, Sequence[Any]]]
"""Name of an output → its datatype, and a value for each picture."""
_MAX_SIDES: Final = 4
_MAX_SIDE: Final = 2**31


@dataclass(frozen=True)
class Tensor:
    """The input ``image``: encoded pictures, or N×H×W×3 ``uint8``, or N×3×H×W ``float32``."""

    identity: str
    encoded: list[bytes]
    values: NDArray[np.float32] | None = None
    """Pixels as the network takes them, for which there is no picture."""
    attributes: tuple[str, ...] | None = None
    """Of the request's parameters; None where they say nothing of them."""


def read_tensor(body: bytes, json_length: str | None, max_pictures: int) -> Tensor:
    """The input of an inference request; blocks for large pixels.

    ``json_length`` is the header ``Inference-Header-Content-Length``. Raises
    MalformedRequestError, InvalidBase64Error or TooManyFilesError.
    """
    head, tail = _divide(body, json_length)
    request = parse_json(head)
    if not isinstance(request, dict) or not isinstance(request.get("inputs"), list):
        raise MalformedRequestError('the body must be {"inputs": [{"name": "image", …}]}')
    if len(request["inputs"]) != 1:
        raise MalformedRequestError(
            f"{len(request['inputs'])} inputs were sent; there is one, {INPUT!r}"
        )
    (tensor,) = request["inputs"]
    kind, shape = _describe(tensor)
    if shape[0] > max_pictures:
        raise TooManyFilesError(f"{shape[0]} pictures were sent, the limit is {max_pictures}")
    raw = _raw(tensor, tail)
    identity = str(request.get("id") or "")[:64]
    parameters = request.get("parameters")
    asked = read_attributes(parameters) if isinstance(parameters, dict) else None
    if kind == "BYTES":
        encoded = list(_elements(raw)) if raw is not None else _texts(tensor.get("data"))
        _require(len(encoded) == math.prod(shape), f"{len(encoded)} elements fill no {shape}")
        return Tensor(identity, encoded, attributes=asked)
    if raw is None and len(head) > MAX_JSON_BYTES:
        raise MalformedRequestError("so many numbers go as bytes: use the binary data extension")
    values = _numbers(kind, shape, raw, tensor.get("data"))
    if kind == "FP32":
        _require(bool(np.isfinite(values).all()), "FP32 holds what is no number")
        return Tensor(identity, [], values, asked)
    return Tensor(identity, [_encode(picture) for picture in values], attributes=asked)


def answer_tensors(name: str, version: str, identity: str, columns: Columns) -> dict[str, Any]:
    """The answer of the model ``name``."""
    outputs = [
        {"name": column, "datatype": kind, "shape": [len(data)], "data": list(data)}
        for column, (kind, data) in columns.items()
    ]
    document = {"model_name": name, "model_version": version, "outputs": outputs}
    return document | ({"id": identity} if identity else {})


def _divide(body: bytes, json_length: str | None) -> tuple[bytes, bytes]:
    if json_length is None:
        return body, b""
    if not (json_length.isascii() and json_length.isdigit()) or int(json_length) > len(body):
        raise MalformedRequestError(
            f"Inference-Header-Content-Length is {json_length[:20]!r}; the body has {len(body)} "
            "bytes"
        )
    return body[: int(json_length)], body[int(json_length) :]


def _describe(tensor: Any) -> tuple[str, list[int]]:
    if not isinstance(tensor, dict) or tensor.get("name") != INPUT:
        raise MalformedRequestError(f"the input must be called {INPUT!r}")
    kind, shape = tensor.get("datatype"), tensor.get("shape")
    if kind not in DTYPES:
        raise MalformedRequestError(f"datatype {str(kind)[:20]!r}; give {', '.join(DTYPES)}")
    sides = shape if isinstance(shape, list) and 0 < len(shape) <= _MAX_SIDES else [0]
    good = all(isinstance(side, int) and 0 < side < _MAX_SIDE for side in sides)
    if not good or (kind != "BYTES" and len(sides) != _MAX_SIDES):
        wanted = {"BYTES": "[N]", "UINT8": "[N, H, W, 3]", "FP32": "[N, 3, H, W]"}[kind]
        raise MalformedRequestError(f"shape {str(shape)[:60]}; {kind} takes {wanted}")
    return kind, [math.prod(sides)] if kind == "BYTES" else sides


def _raw(tensor: dict[str, Any], tail: bytes) -> bytes | None:
    """The bytes behind the JSON, where they are the tensor."""
    parameters = tensor.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if size is None:
        _require(not tail, "bytes follow the JSON, and no binary_data_size says whose they are")
        return None
    _require(size == len(tail), f"binary_data_size is {size}, {len(tail)} bytes follow the JSON")
    return tail


def _elements(raw: bytes) -> Iterator[bytes]:
    """Each with its length before it, 4 bytes, little-endian."""
    at = 0
    while at < len(raw):
        _require(at + 4 <= len(raw), "a BYTES element has no length")
        (length,) = struct.unpack_from("<I", raw, at)
        at += 4 + length
        _require(at <= len(raw), "a BYTES element is cut short")
        yield raw[at - length : at]


def _texts(data: Any) -> list[bytes]:
    if not isinstance(data, list) or not all(isinstance(text, str) for text in data):
        raise MalformedRequestError("data of BYTES is a list of pictures in base64")
    return [decode_base64(text) for text in data]


def _numbers(kind: str, shape: list[int], raw: bytes | None, data: Any) -> NDArray[Any]:
    dtype = np.dtype(DTYPES[kind]).newbyteorder("<")
    channel = shape[1] if kind == "FP32" else shape[3]
    _require(channel == 3, f"shape {shape} has {channel} channels; send RGB")
    count = math.prod(shape)
    if raw is not None:
        _require(count * dtype.itemsize == len(raw), f"{len(raw)} bytes fill no {shape} of {kind}")
        return np.frombuffer(raw, dtype).reshape(shape).astype(DTYPES[kind], copy=False)
    try:
        values = np.asarray(data, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise MalformedRequestError(f"data of {kind} is a list of numbers: {error}") from None
    _require(values.size == count, f"{values.size} numbers fill no {shape}")
    if kind == "UINT8":
        good = bool(((values >= 0) & (values <= 255) & (values % 1 == 0)).all())
        _require(good, "UINT8 takes whole numbers from 0 to 255")
    return values.reshape(shape).astype(DTYPES[kind])


def _encode(picture: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise MalformedRequestError(fault)
