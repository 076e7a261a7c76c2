"""Limits on request bodies, enforced in ASGI before anything parses them."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.errors import (
    BodyTooLargeError,
    GenderlensError,
    MalformedRequestError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from genderlens.service.errors import problem_of
from genderlens.service.middleware.body_memory import JSON_COPIES, MULTIPART_COPIES, BodyMemory
from genderlens.settings import Settings

MAX_DISCARDED_BYTES: Final = 64 * 1024
"""What may still arrive after an answer; where more would, the connection is closed."""


class BodyLimit:
    """Refuses by header what announces too much, and stops in the stream what lies about it.

    All bodies together are limited as well, so that many clients at a time cannot fill the memory.
    """

    def __init__(self, app: ASGIApp, settings: Settings, memory: BodyMemory) -> None:
        self.app = app
        self.settings, self.memory = settings, memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, limit = Headers(scope=scope), self._limit(scope["path"])
        principal = scope.get("state", {}).get("principal")
        asker = principal.asker if principal else ""
        body = _Body(self, receive, send, headers, limit, asker)
        try:
            _check_headers(headers, limit)
        except GenderlensError as error:
            await problem_of(error)(scope, receive, body.send)
            return
        try:
            await self.app(scope, body.receive, body.send)
        finally:
            self.memory.release(asker, body.held)

    def _limit(self, path: str) -> int:
        batch = path.endswith(("/predict-batch", "/infer"))
        return self.settings.max_batch_body_bytes if batch else self.settings.max_body_bytes


class _Body:
    """The two channels of a request whose body is counted and timed.

    ``receive`` raises once the body is too long or too slow; ``send`` gives up the connection where
    an answer leaves much of the body unread.
    """

    def __init__(
        self,
        owner: BodyLimit,
        receive: Receive,
        send: Send,
        headers: Headers,
        limit: int,
        asker: str,
    ) -> None:
        self._asker, self._copies = asker, _copies(headers)
        self.held = 0
        self._owner, self._receive, self._send = owner, receive, send
        self._headers, self._limit = headers, limit
        self._timeout_s = owner.settings.body_timeout_s
        self._complete = not {"content-length", "transfer-encoding"} & set(headers)
        self._late = False
        self._deadline: float | None = None
        self.seen = 0

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._timeout_s
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._late = True
            raise RequestTimeoutError(
                f"the body did not arrive within {self._timeout_s:g} s; send a smaller picture"
            ) from None
        count = len(message.get("body", b""))
        self.seen += count
        self._complete = not message.get("more_body", False)
        held = int(count * self._copies)
        self.held += held
        self._owner.memory.hold(self._asker, held)
        if self.seen > self._limit:
            raise BodyTooLargeError(_too_large(f"more than {self._limit:,}", self._limit))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._leaves_much():
            MutableHeaders(scope=message)["Connection"] = "close"
        await self._send(message)

    def _leaves_much(self) -> bool:
        if self._complete:
            return False
        return self._late or leaves_much(self._headers, self.seen)


def _copies(headers: Headers) -> float:
    is_multipart = headers.get("content-type", "").lower().startswith("multipart/")
    return MULTIPART_COPIES if is_multipart else JSON_COPIES


def leaves_much(headers: Headers, seen: int = 0) -> bool:
    """Whether so much of a body may still come that it is not worth waiting for."""
    if not {"content-length", "transfer-encoding"} & set(headers):
        return False
    length = headers.get("content-length", "")
    known = length.isascii() and length.isdigit() and len(length) < 20
    return not known or int(length) - seen > MAX_DISCARDED_BYTES


def _check_headers(headers: Headers, limit: int) -> None:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedMediaTypeError(
            f"content encoding {encoding[:40]!r} is not taken; send the body as it is"
        )
    lengths = headers.getlist("content-length")
    if len(lengths) > 1 or any(not (n.isascii() and n.isdigit()) for n in lengths):
        raise MalformedRequestError("Content-Length must be one whole number; send it once")
    if lengths and (len(lengths[0]) > 20 or int(lengths[0]) > limit):
        raise BodyTooLargeError(_too_large(lengths[0][:20], limit))


def _too_large(size: str, limit: int) -> str:
    return f"the body has {size} bytes, the limit is {limit:,}; send a smaller picture"
