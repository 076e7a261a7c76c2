"""Limits on request bodies, enforced in ASGI before anything parses them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.errors import (
    BodyTooLargeError,
    GenderlensError,
    MalformedRequestError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from genderlens.service.errors import problem_of
from genderlens.settings import Settings


class BodyLimit:
    """Refuses by header what announces too much, and stops in the stream what lies about it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        try:
            _check_headers(Headers(scope=scope), limit)
        except GenderlensError as error:
            await problem_of(error)(scope, receive, send)
            return
        await self.app(scope, _Counted(receive, limit, self.settings.body_timeout_s), send)

    def _limit(self, path: str) -> int:
        batch = path.rstrip("/").endswith("/predict-batch")
        return self.settings.max_batch_body_bytes if batch else self.settings.max_body_bytes


class _Counted:
    """A receive channel that raises once the body is too long or too slow."""

    def __init__(self, receive: Receive, limit: int, timeout_s: float) -> None:
        self.receive, self.limit, self.timeout_s = receive, limit, timeout_s
        self.seen = 0
        self.complete = False
        self.deadline: float | None = None

    async def __call__(self) -> Message:
        if self.complete:
            return await self.receive()
        if self.deadline is None:
            self.deadline = asyncio.get_running_loop().time() + self.timeout_s
        try:
            async with asyncio.timeout_at(self.deadline):
                message = await self.receive()
        except TimeoutError:
            raise RequestTimeoutError(
                f"the body did not arrive within {self.timeout_s:g} s; send a smaller picture"
            ) from None
        self.seen += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self.seen > self.limit:
            raise BodyTooLargeError(_too_large(f"more than {self.limit:,}", self.limit))
        return message


def _check_headers(headers: Headers, limit: int) -> None:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedMediaTypeError(
            f"content encoding {encoding[:40]!r} is not taken; send the body as it is"
        )
    lengths = headers.getlist("content-length")
    if len(set(lengths)) > 1 or any(not (n.isascii() and n.isdigit()) for n in lengths):
        raise MalformedRequestError("Content-Length must be one whole number; send it once")
    if lengths and int(lengths[0][:20]) > limit:
        raise BodyTooLargeError(_too_large(f"{int(lengths[0][:20]):,}", limit))


def _too_large(size: str, limit: int) -> str:
    return f"the body has {size} bytes, the limit is {limit:,}; send a smaller picture"
