"""A picture as base64 in JSON, strictly parsed: plain functions that may run in a thread."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import Any, Final

from genderlens.errors import (
    InvalidBase64Error,
    MalformedRequestError,
    MissingFileError,
    TooManyFilesError,
)
from genderlens.service.models.routing import read_names

MAX_STRINGS: Final = 1000
MAX_BYTES_BESIDE_STRINGS: Final = 64 * 1024
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or what is left after the last quote, so that no search starts twice."""
_DATA_URI: Final = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE | re.ASCII)


Names = tuple[str, ...] | None
"""Attributes that a body asks for; None where it says nothing of them."""


def read_image_field(body: bytes) -> tuple[bytes, Names]:
    """The decoded ``image`` of ``{"image": "<base64>", "attributes": [name, …]}``, and the names.

    Raises MalformedRequestError, InvalidBase64Error or UnknownAttributeError.
    """
    _require_little_beside_strings(body)
    data = parse_json(body)
    image = data.get("image") if isinstance(data, dict) else None
    if not isinstance(image, str):
        raise MalformedRequestError('the body must be {"image": "<base64 or data: URI>"}')
    return decode_base64(image), read_attributes(data)


def read_images_field(body: bytes, most: int) -> tuple[list[bytes], Names]:
    """The decoded ``images`` of ``{"images": ["<base64>", …]}``, ``most`` of them at most.

    With the names of ``attributes`` beside them. Raises MalformedRequestError, MissingFileError,
    TooManyFilesError, InvalidBase64Error or UnknownAttributeError.
    """
    _require_little_beside_strings(body)
    data = parse_json(body)
    images = data.get("images") if isinstance(data, dict) else None
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise MalformedRequestError('the body must be {"images": ["<base64 or data: URI>", …]}')
    if not images:
        raise MissingFileError("'images' is empty; it must hold a picture")
    if len(images) > most:
        raise TooManyFilesError(f"'images' holds more than {most} picture(s); split it")
    return [decode_base64(image) for image in images], read_attributes(data)


def read_attributes(fields: dict[str, Any]) -> Names:
    """The names of ``attributes``: a list, or a text with commas; None where it is absent.

    Raises MalformedRequestError or UnknownAttributeError.
    """
    told = fields.get("attributes")
    if told is None:
        return None
    names = [told] if isinstance(told, str) else told
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise MalformedRequestError("'attributes' must be a list of names, such as [\"age_group\"]")
    return read_names(names)


def decode_base64(text: str) -> bytes:
    """Standard base64, bare or in a ``data:image/…;base64,`` URI; lines may be wrapped.

    Raises InvalidBase64Error.
    """
    if text[:5].lower() == "data:":
        match = _DATA_URI.match(text)
        if match is None:
            raise InvalidBase64Error("a data: URI must begin with data:image/<type>;base64,")
        text = text[match.end() :]
    try:
        return base64.b64decode(text.encode("ascii").translate(None, b"\r\n"), validate=True)
    except UnicodeEncodeError:
        reason = "it has characters beyond ASCII"
    except binascii.Error as error:
        reason = str(error)
    raise InvalidBase64Error(
        f"'image' is not standard base64 ({reason}); use + and /, = padding, no white space"
    )


def _require_little_beside_strings(body: bytes) -> None:
    if len(_STRING.sub(b'""', body, count=MAX_STRINGS)) > MAX_BYTES_BESIDE_STRINGS:
        raise MalformedRequestError(
            'the JSON holds much beside a picture; send {"image": "<base64 or data: URI>"}'
        )


def parse_json(body: bytes) -> Any:
    """Any JSON in UTF-8 without repeated keys, infinities or great depth.

    Raises MalformedRequestError.
    """
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except ValueError as error:
        reason = str(error)[:200]
    raise MalformedRequestError(f"the body is not valid JSON: {reason}")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object repeats a key")
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError("a number is too large")
    return number
