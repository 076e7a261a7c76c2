"""What no request may begin with, driven by hand; over sockets it is in tests/hostile."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from genderlens.service.middleware.proxies import TRUSTED, Proxies
from genderlens.service.middleware.strict_heads import StrictHeads
from genderlens.settings import load_settings


def _ask(path: str = "/x", *headers: tuple[str, str], **more: Any) -> tuple[int, dict[str, Any]]:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def receive() -> Message:
        pytest.fail("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "path": path, "method": "POST", "headers": raw, "state": {}} | more
    asyncio.run(StrictHeads(app, proxies=Proxies(load_settings()))(scope, receive, send))
    start, body = sent
    if start["status"] != 200:
        assert (b"connection", b"close") in start["headers"]
    return start["status"], json.loads(body["body"])


@pytest.mark.parametrize("number", [*range(0x20), *range(0x7F, 0xA0)])
def test_control_characters(number: int) -> None:
    for path in (f"/x{chr(number)}", f"/{chr(number)}x", f"{chr(number)}"):
        status, problem = _ask(path)
        assert (status, problem["code"]) == (400, "malformed_request")
        assert f"U+{number:04X}" in problem["detail"]


@pytest.mark.parametrize("path", ["/", "/x", "/ü/日本", "/a b", "/x;y=z", "//", "/%0A", "/\u2028"])
def test_plain_paths(path: str) -> None:
    assert _ask(path)[0] == 200


@pytest.mark.parametrize(
    ("headers", "version", "status"),
    [
        ([("content-length", "5")], "1.1", 200),
        ([("transfer-encoding", "chunked")], "1.1", 200),
        ([("content-length", "5"), ("transfer-encoding", "chunked")], "1.1", 400),
        ([("transfer-encoding", "identity"), ("content-length", "0")], "1.1", 400),
        ([("transfer-encoding", "chunked")], "1.0", 400),
        ([("content-length", "5")], "1.0", 200),
    ],
)
def test_framing(headers: list[tuple[str, str]], version: str, status: int) -> None:
    assert _ask("/x", *headers, http_version=version)[0] == status


def test_a_prefix_counts_where_the_proxy_is_trusted() -> None:
    header = ("x-forwarded-prefix", "//evil.example")
    assert _ask("/x", header)[0] == 200
    assert _ask("/x", header, state={TRUSTED: True})[0] == 400
