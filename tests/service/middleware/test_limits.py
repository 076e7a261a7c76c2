"""The two channels that the limits wrap, driven by hand; the rest is in tests/hostile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from genderlens.errors import BodyTooLargeError, OverloadedError, RequestTimeoutError
from genderlens.service.middleware.body_memory import BodyMemory
from genderlens.service.middleware.limits import BodyLimit
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings

LIMIT = 10_000


def _scope(**headers: str) -> Scope:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": "/predict", "method": "POST", "headers": raw}


def _ask(app: Any, scope: Scope, *chunks: bytes) -> list[Message]:
    """The messages sent; the body is the chunks, and then nothing comes any more."""
    sent: list[Message] = []
    waiting = list(chunks)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    settings = load_settings(max_body_bytes=LIMIT, body_timeout_s=0.05)
    asyncio.run(BodyLimit(app, settings, BodyMemory(settings, Metrics()))(scope, receive, send))
    return sent


async def _reader(scope: Scope, receive: Receive, send: Send) -> None:
    while True:
        await receive()


async def _hasty(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 400, "headers": []})


def test_an_announced_body_over_the_limit_is_not_read() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        pytest.fail("reached")

    start, _ = _ask(never, _scope(content_length="30000000"))
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]


def test_a_body_over_the_limit_is_stopped_in_the_stream() -> None:
    with pytest.raises(BodyTooLargeError, match="the limit is 10,000"):
        _ask(_reader, _scope(transfer_encoding="chunked"), *[bytes(4000)] * 3)


def test_all_bodies_together_are_limited() -> None:
    settings = load_settings(max_body_bytes=30_000, max_batch_body_bytes=10_000)
    refused: list[str] = []

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            for _ in range(16):
                await receive()
                await asyncio.sleep(0)
        except OverloadedError as error:
            refused.append(error.code)

    async def main() -> BodyLimit:
        limits = BodyLimit(reader, settings, BodyMemory(settings, Metrics()))
        scope = _scope(content_length="16000", content_type="multipart/form-data")
        await asyncio.gather(*(limits(dict(scope), body(), nobody) for _ in range(5)))
        assert not refused
        await asyncio.gather(*(limits(dict(scope), body(), nobody) for _ in range(6)))
        return limits

    def body() -> Receive:
        chunks = iter(range(16))

        async def receive() -> Message:
            return {"type": "http.request", "body": bytes(1000), "more_body": next(chunks) < 15}

        return receive

    async def nobody(_: Message) -> None:
        pytest.fail("nothing is sent")

    limits = asyncio.run(main())
    assert refused
    assert set(refused) == {"overloaded"}
    assert limits.memory.held_bytes == 0


def test_a_slow_body_is_stopped() -> None:
    with pytest.raises(RequestTimeoutError):
        _ask(_reader, _scope(content_length="100"), b"x")


@pytest.mark.parametrize(
    ("headers", "closes"),
    [
        ({}, False),
        ({"content_length": "5000"}, False),
        ({"transfer_encoding": "chunked"}, True),
    ],
)
def test_the_connection_is_given_up_where_much_is_unread(
    headers: dict[str, str], *, closes: bool
) -> None:
    (start,) = _ask(_hasty, _scope(**headers))
    assert ((b"connection", b"close") in start["headers"]) == closes


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-length", b"-1")], 400),
        ([(b"content-length", b"5"), (b"content-length", b"5")], 400),
        ([(b"content-length", "٥".encode())], 400),
        ([(b"content-length", b"0x10")], 400),
        ([(b"content-length", b"")], 400),
        ([(b"content-length", b"9" * 5000)], 413),
        ([(b"content-encoding", b"gzip")], 415),
        ([(b"content-encoding", b"identity, br")], 415),
    ],
)
def test_odd_headers(headers: list[tuple[bytes, bytes]], status: int) -> None:
    start, body = _ask(_hasty, {**_scope(), "headers": headers})
    assert start["status"] == status
    assert len(body["body"]) < 1000
