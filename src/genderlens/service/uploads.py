"""Pictures out of request bodies: multipart files, strictly parsed, or base64 in JSON."""

from __future__ import annotations

import io
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, cast

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from genderlens.errors import (
    MalformedRequestError,
    MissingFileError,
    TooManyFilesError,
    UnsupportedMediaTypeError,
)
from genderlens.service.json_body import read_image_field, read_images_field
from genderlens.service.process.pools import Pools

MAX_TEXT_PART_BYTES: Final = 64 * 1024
MAX_TEXT_PARTS: Final = 16
MAX_NAME_CHARACTERS: Final = 255
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded picture. The name is what the client said, for echoing only, never a path.

    ``attributes`` are asked for in the same body; None where it says nothing of them.
    """

    name: str
    content: bytes
    attributes: tuple[str, ...] | None = None


async def read_picture(request: Request) -> Upload:
    """The picture itself, multipart ``file`` or JSON ``{"image": "<base64>"}``, by content type."""
    kind = content_type(request)
    if kind.startswith("image/"):
        return Upload("", await request.body())
    if kind == "application/json":
        pools: Pools = request.app.state.pools
        body = await request.body()
        content, attributes = await pools.json.run(lambda: read_image_field(body))
        return Upload("", content, attributes)
    return await read_file(request)


async def read_file(request: Request) -> Upload:
    """Multipart with one ``file``."""
    uploads = await _read_uploads(request, "file", max_files=1)
    return uploads[0]


async def read_files(request: Request) -> list[Upload]:
    """Multipart ``files`` or JSON ``{"images": [base64, …]}``, up to the limit of the settings."""
    if content_type(request) == "application/json":
        pools: Pools = request.app.state.pools
        body, most = await request.body(), request.app.state.settings.max_batch_files
        pictures, names = await pools.json.run(lambda: read_images_field(body, most))
        return [Upload(f"images[{at}]", content, names) for at, content in enumerate(pictures)]
    return await _read_uploads(request, "files", request.app.state.settings.max_batch_files)


async def read_form(
    request: Request, field: str, max_files: int, *, required: bool = False
) -> tuple[list[Upload], dict[str, str]]:
    """Multipart with up to so many files in ``field``, and the text fields beside them.

    Of a text field that is sent twice, the last counts.
    """
    form = await _parse_form(request, field, max_files)
    try:
        files = [part for part in form.getlist(field) if isinstance(part, UploadFile)]
        if required and not files:
            raise _missing(field, ", ".join(sorted({_clean_name(name)[:40] for name in form})))
        uploads = [Upload(_clean_name(part.filename), _content(part)) for part in files]
        return uploads, {name: text for name, text in form.items() if isinstance(text, str)}
    finally:
        await form.close()


async def _read_uploads(request: Request, field: str, max_files: int) -> list[Upload]:
    files, _ = await read_form(request, field, max_files, required=True)
    return files


async def _parse_form(request: Request, field: str, max_files: int) -> FormData:
    kind = content_type(request)
    if kind != "multipart/form-data":
        raise UnsupportedMediaTypeError(
            f"content type {kind[:80]!r} is not taken here; send multipart/form-data"
        )
    async with aclosing(request.stream()) as stream:
        parser = _Parser(request, stream, field, max_files)
        try:
            return await parser.parse()
        except MultiPartException as error:
            raise MalformedRequestError(
                f"the multipart body is malformed: {error.message}"
            ) from None


class _Memory(io.BytesIO):
    """A file's bytes in memory, which the limit on bodies bounds; never on a disk."""

    _rolled = False  # what Starlette asks a spooled file


def _content(part: UploadFile) -> bytes:
    """What was sent, not copied."""
    return cast(_Memory, part.file).getvalue()


class _Parser(MultiPartParser):
    """Starlette's parser, which refuses a superfluous file or a file sent as text at once."""

    def __init__(
        self, request: Request, stream: AsyncGenerator[bytes], field: str, max_files: int
    ) -> None:
        super().__init__(
            request.headers,
            self._whole(stream),
            max_files=math.inf,
            max_fields=MAX_TEXT_PARTS,
            max_part_size=MAX_TEXT_PART_BYTES,
        )
        self._field = field
        self._files_allowed = self._files_left = max_files
        self._ended = False

    async def _whole(self, stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        async for chunk in stream:
            yield chunk
        if not self._ended:
            raise MultiPartException("it ends before its closing boundary")

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        part = self._current_part
        if part.file is not None:
            part.file.file.close()
            part.file.file = _Memory()
            self._files_left -= 1
        elif part.field_name == self._field:
            raise _missing(self._field, f"{self._field} as text")
        if self._files_left < 0:
            raise TooManyFilesError(
                f"the request holds more than {self._files_allowed} file(s); split it"
            )

    def on_end(self) -> None:
        self._ended = True


def _missing(field: str, sent: str) -> MissingFileError:
    return MissingFileError(
        f"multipart field {field!r} must hold a file with a filename; fields sent: {sent or 'none'}"
    )


def content_type(request: Request) -> str:
    """The media type. MalformedRequestError for a charset that is not UTF-8."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    charset = options.get(b"charset", b"").decode("latin-1").lower()
    if charset not in _CHARSETS:
        raise MalformedRequestError(f"charset {charset[:40]!r} is not taken; send UTF-8")
    return kind.decode("latin-1")


def _clean_name(name: str | None) -> str:
    """What may be echoed: printable characters, bounded length."""
    return "".join(c for c in (name or "")[:4096] if c.isprintable())[:MAX_NAME_CHARACTERS]
