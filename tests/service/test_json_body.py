from __future__ import annotations

import base64
import json
import time

import pytest

from genderlens.errors import InvalidBase64Error, MalformedRequestError, UnknownAttributeError
from genderlens.service.json_body import decode_base64, read_image_field

PICTURE = bytes(range(256))
ENCODED = base64.b64encode(PICTURE).decode()


@pytest.mark.parametrize(
    "text",
    [
        ENCODED,
        f"data:image/jpeg;base64,{ENCODED}",
        f"DATA:image/PNG;BASE64,{ENCODED}",
        f"data:image/svg+xml;base64,{ENCODED}",
        ENCODED[:40] + "\n" + ENCODED[40:],
        base64.encodebytes(PICTURE).decode(),
        base64.encodebytes(PICTURE).decode().replace("\n", "\r\n"),
    ],
)
def test_base64_is_decoded(text: str) -> None:
    assert decode_base64(text) == PICTURE


@pytest.mark.parametrize(
    "text",
    [
        ENCODED[:-1],
        ENCODED + "=",
        ENCODED + "AAAA",
        "=" + ENCODED,
        ENCODED[:40] + " " + ENCODED[40:],
        " " + ENCODED,
        ENCODED + "\t",
        base64.urlsafe_b64encode(PICTURE).decode(),
        ENCODED + "é",
        "\ud800",
        f"data:;base64,{ENCODED}",
        f"data:,{ENCODED}",
        f"data:image/jpeg,{ENCODED}",
        f"data:text/html;base64,{ENCODED}",
        f"data:image/jpeg;charset=utf-8;base64,{ENCODED}",
        f"data:image/jpeg;base64,data:image/jpeg;base64,{ENCODED}",
        "http://127.0.0.1/a.jpg",
        "file:///etc/passwd",
    ],
)
def test_what_is_not_standard_base64(text: str) -> None:
    with pytest.raises(InvalidBase64Error):
        decode_base64(text)


def test_a_body_with_escapes_and_other_fields() -> None:
    body = json.dumps({"note": 'a "quoted" \\ word', "image": ENCODED}).replace("/", "\\/")
    assert read_image_field(body.encode()) == (PICTURE, None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [("a, b,a", ("a", "b")), (["b", "a"], ("b", "a")), ("", ()), ([], ()), (None, None)],
)
def test_attributes_stand_beside_the_picture(said: object, expected: object) -> None:
    body = json.dumps({"image": ENCODED, "attributes": said}).encode()
    assert read_image_field(body) == (PICTURE, expected)


@pytest.mark.parametrize("said", [1, {"a": 1}, [1], ["a", None]])
def test_attributes_are_names(said: object) -> None:
    with pytest.raises(MalformedRequestError, match="must be a list of names"):
        read_image_field(json.dumps({"image": ENCODED, "attributes": said}).encode())


def test_more_attributes_than_any_model_has() -> None:
    names = [f"a{number}" for number in range(100)]
    with pytest.raises(UnknownAttributeError, match="100 attributes are asked for"):
        read_image_field(json.dumps({"image": ENCODED, "attributes": names}).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"AAAA"',
        b"{}",
        b'{"image": null}',
        b'{"image": 1}',
        b'{"image": ["AAAA"]}',
        b'{"image": "AAAA", "image": "AAAA"}',
        b'{"image": "AAAA", "x": {"a": 1, "a": 2}}',
        b'{"image": "AAAA", "x": NaN}',
        b'{"image": "AAAA", "x": -Infinity}',
        b'{"image": "AAAA", "x": 1e400}',
        b'{"image": "AAAA", "x": ' + b"9" * 5000 + b"}",
        b'{"image": "AAAA"} trailing',
        b'\xef\xbb\xbf{"image": "AAAA"}',
        '{"image": "AAAA"}'.encode("utf-16"),
        b'{"image": "\xff"}',
        b"[" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
def test_malformed_bodies(body: bytes) -> None:
    with pytest.raises(MalformedRequestError):
        read_image_field(body)


@pytest.mark.parametrize(
    "unit", [b"[],", b'"",', b'"', b'"\\', b'\\"', b'{"a":1},', b"1,", b"\\", b"[", b'"\\"']
)
def test_ten_megabytes_of_anything_else_are_refused_in_time(unit: bytes) -> None:
    body = b'{"image": "AAAA", "x": [' + unit * (10_000_000 // len(unit))
    start = time.perf_counter()
    with pytest.raises(MalformedRequestError):
        read_image_field(body)
    assert time.perf_counter() - start < 1.0
