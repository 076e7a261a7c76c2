"""What no request may begin with, refused before anything else looks at it.

Two programs that read one request differently are how a request gets past one of them: a proxy that
sees another path, or another end of the body, than the service does. So nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from genderlens.errors import GenderlensError, MalformedRequestError
from genderlens.service.errors import problem_of
from genderlens.service.middleware.proxies import Proxies

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class StrictHeads:
    """Answers 400 to odd paths and framing, and closes where the end of the body is not sure."""

    def __init__(self, app: ASGIApp, *, proxies: Proxies) -> None:
        self.app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            _require_plain_path(scope)
            _require_clear_framing(scope)
            self._proxies.require_prefix(scope)
        except GenderlensError as error:
            answer = problem_of(error)
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _require_plain_path(scope: Scope) -> None:
    if found := _CONTROL.search(scope["path"]):
        raise MalformedRequestError(
            f"the path holds the control character U+{ord(found[0]):04X}; leave it out"
        )


def _require_clear_framing(scope: Scope) -> None:
    headers = Headers(scope=scope)
    if "transfer-encoding" not in headers:
        return
    if "content-length" in headers:
        raise MalformedRequestError(
            "Content-Length and Transfer-Encoding exclude each other; send one of them"
        )
    if scope.get("http_version") == "1.0":
        raise MalformedRequestError(
            "HTTP/1.0 knows no Transfer-Encoding; send Content-Length, or HTTP/1.1"
        )
