from __future__ import annotations

import base64
import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genderlens.errors import InvalidBase64Error, MalformedRequestError, TooManyFilesError
from genderlens.service.tensors import MAX_JSON_BYTES, answer_tensors, read_tensor

PICTURE = b"\xff\xd8\xffno real picture"


def request(kind: str, shape: list[int], data: Any = None, **more: Any) -> bytes:
    tensor = {"name": "image", "datatype": kind, "shape": shape, **more}
    if data is not None:
        tensor["data"] = data
    return json.dumps({"id": "one", "inputs": [tensor]}).encode()


def with_bytes(kind: str, shape: list[int], raw: bytes) -> tuple[bytes, str]:
    head = request(kind, shape, parameters={"binary_data_size": len(raw)})
    return head + raw, str(len(head))


def test_encoded_pictures_in_json_are_base64() -> None:
    text = base64.b64encode(PICTURE).decode()
    tensor = read_tensor(request("BYTES", [2], [text, text]), None, 16)
    assert (tensor.identity, tensor.encoded, tensor.values) == ("one", [PICTURE] * 2, None)


def test_encoded_pictures_may_follow_the_json() -> None:
    element = struct.pack("<I", len(PICTURE)) + PICTURE
    body, length = with_bytes("BYTES", [2, 1], element * 2)
    assert read_tensor(body, length, 16).encoded == [PICTURE] * 2


@pytest.mark.parametrize("binary", [True, False])
def test_pixels_become_pictures_that_lose_nothing(binary: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), dtype=np.uint8)
    if binary:
        body, length = with_bytes("UINT8", [2, 5, 7, 3], pixels.tobytes())
        tensor = read_tensor(body, length, 16)
    else:
        tensor = read_tensor(request("UINT8", [2, 5, 7, 3], pixels.tolist()), None, 16)
    decoded = [np.asarray(Image.open(io.BytesIO(one))) for one in tensor.encoded]
    assert np.array_equal(np.stack(decoded), pixels)


def test_numbers_of_a_network_stay_what_they_are() -> None:
    values = np.random.default_rng(0).normal(size=(1, 3, 4, 4)).astype("<f4")
    body, length = with_bytes("FP32", [1, 3, 4, 4], values.tobytes())
    tensor = read_tensor(body, length, 16)
    assert tensor.values is not None
    assert np.array_equal(tensor.values, values)
    flat = read_tensor(request("FP32", [1, 3, 4, 4], values.ravel().tolist()), None, 16)
    assert flat.values is not None
    assert np.allclose(flat.values, values)


ONE = request("BYTES", [1], ["AAAA"])


@pytest.mark.parametrize(
    ("body", "length", "match"),
    [
        (b"{}", None, "inputs"),
        (b'{"inputs": []}', None, "0 inputs"),
        (b'{"inputs": [{"name": "other"}]}', None, "called 'image'"),
        (request("FP64", [1]), None, "datatype 'FP64'"),
        (request("BYTES", []), None, r"BYTES takes \[N\]"),
        (request("BYTES", [0], []), None, r"BYTES takes \[N\]"),
        (request("BYTES", [True], []), None, "fill no|takes"),
        (request("BYTES", [2], ["AAAA"]), None, "1 elements"),
        (request("BYTES", [1], [1]), None, "base64"),
        (request("BYTES", [1]), None, "base64"),
        (request("UINT8", [1, 2, 2, 4], [0] * 16), None, "4 channels"),
        (request("UINT8", [2, 2, 3], [0] * 12), None, r"takes \[N, H, W, 3\]"),
        (request("UINT8", [1, 1, 1, 3], [0, 256, 1]), None, "0 to 255"),
        (request("UINT8", [1, 1, 1, 3], [0, 0.5, 1]), None, "0 to 255"),
        (request("UINT8", [1, 1, 1, 3], [[0], [1, 2]]), None, "list of numbers"),
        (request("UINT8", [1, 1, 1, 3], [0, 1]), None, "2 numbers"),
        (request("FP32", [1, 1, 1, 3], [0, 1, 2]), None, "1 channels"),
        (*with_bytes("FP32", [1, 3, 1, 1], b"\0" * 11), "11 bytes fill no"),
        (*with_bytes("FP32", [1, 3, 1, 1], struct.pack("<3f", 0, 1, float("nan"))), "no number"),
        (*with_bytes("BYTES", [1], b"\x05\0\0\0abc"), "cut short"),
        (*with_bytes("BYTES", [1], b"\x05"), "no length"),
        (ONE + b"more", str(len(ONE)), "whose"),
        (b"{}", "3", "Inference-Header-Content-Length"),
        (b"{}", "-1", "Inference-Header-Content-Length"),
    ],
)  # fmt: skip
def test_what_is_no_request(body: bytes, length: str | None, match: str) -> None:
    with pytest.raises(MalformedRequestError, match=match):
        read_tensor(body, length, 16)


def test_limits() -> None:
    with pytest.raises(TooManyFilesError, match="17 pictures"):
        read_tensor(request("BYTES", [17], ["AAAA"] * 17), None, 16)
    with pytest.raises(InvalidBase64Error):
        read_tensor(request("BYTES", [1], ["?"]), None, 16)
    many = [0] * (MAX_JSON_BYTES // 2)
    with pytest.raises(MalformedRequestError, match="binary"):
        read_tensor(request("UINT8", [1, len(many) // 3, 1, 3], many), None, 16)


def test_an_answer_names_model_and_request() -> None:
    answer = answer_tensors("default", "v1", "one", {"confidence": ("FP32", [0.5, 1.0])})
    assert answer == {
        "model_name": "default",
        "model_version": "v1",
        "id": "one",
        "outputs": [{"name": "confidence", "datatype": "FP32", "shape": [2], "data": [0.5, 1.0]}],
    }
    assert "id" not in answer_tensors("default", "v1", "", {})
