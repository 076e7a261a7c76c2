"""Pictures out of request bodies: multipart files and base64 in JSON, strictly parsed."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from genderlens.errors import (
    InvalidBase64Error,
    MalformedRequestError,
    MissingFileError,
    TooManyFilesError,
    UnsupportedMediaTypeError,
)

MAX_TEXT_PART_BYTES: Final = 64 * 1024
MAX_TEXT_PARTS: Final = 16
MAX_NAME_CHARACTERS: Final = 255
_DATA_URI: Final = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded picture. The name is what the client said, for echoing only, never a path."""

    name: str
    content: bytes


async def read_picture(request: Request) -> Upload:
    """Multipart ``file`` or JSON ``{"image": "<base64>"}``, by content type."""
    kind = _content_type(request)
    if kind == "application/json":
        return Upload("", decode_base64(_image_field(await request.body())))
    return await read_file(request)


async def read_file(request: Request) -> Upload:
    """Multipart with one ``file``."""
    uploads = await _read_uploads(request, "file", max_files=1)
    return uploads[0]


async def read_files(request: Request) -> list[Upload]:
    """Multipart with one or more ``files``, up to the limit of the settings."""
    return await _read_uploads(request, "files", request.app.state.settings.max_batch_files)


async def _read_uploads(request: Request, field: str, max_files: int) -> list[Upload]:
    form = await _parse_form(request, max_files)
    try:
        parts = form.getlist(field)
        if not parts or not all(isinstance(part, UploadFile) for part in parts):
            names = ", ".join(sorted({name[:40] for name in form})) or "none"
            raise MissingFileError(
                f"multipart field {field!r} must hold a file with a filename; fields sent: {names}"
            )
        return [
            Upload(_clean_name(part.filename), await part.read())
            for part in parts
            if isinstance(part, UploadFile)
        ]
    finally:
        await form.close()


async def _parse_form(request: Request, max_files: int) -> FormData:
    if _content_type(request) != "multipart/form-data":
        raise UnsupportedMediaTypeError(
            f"content type {_content_type(request)[:80]!r} is not taken here; "
            "send multipart/form-data"
        )
    parser = MultiPartParser(
        request.headers,
        request.stream(),  # type: ignore[arg-type]
        max_files=max_files,
        max_fields=MAX_TEXT_PARTS,
        max_part_size=MAX_TEXT_PART_BYTES,
    )
    parser.spool_max_size = 2**40  # pictures stay in memory, which the body limit bounds
    try:
        return await parser.parse()
    except MultiPartException as error:
        if "Too many files" in error.message:
            raise TooManyFilesError(
                f"the request holds more than {max_files} file(s); split it"
            ) from None
        raise MalformedRequestError(f"the multipart body is malformed: {error.message}") from None


def _image_field(body: bytes) -> str:
    try:
        data = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise MalformedRequestError(f"the body is not valid JSON: {reason}") from None
    image = data.get("image") if isinstance(data, dict) else None
    if not isinstance(image, str):
        raise MalformedRequestError('the body must be {"image": "<base64 or data: URI>"}')
    return image


def decode_base64(text: str) -> bytes:
    """Standard base64, bare or in a ``data:image/…;base64,`` URI. Raises InvalidBase64Error."""
    if text[:5].lower() == "data:":
        match = _DATA_URI.match(text)
        if match is None:
            raise InvalidBase64Error("a data: URI must begin with data:image/<type>;base64,")
        text = text[match.end() :]
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise InvalidBase64Error(
            f"'image' is not standard base64 ({error}); use + and /, = padding, no white space"
        ) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object repeats a key")
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _clean_name(name: str | None) -> str:
    """What may be echoed: printable characters, bounded length."""
    return "".join(c for c in (name or "") if c.isprintable())[:MAX_NAME_CHARACTERS]
