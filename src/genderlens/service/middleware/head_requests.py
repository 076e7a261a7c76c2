"""``HEAD`` wherever there is ``GET``, with the same headers and nothing behind them."""

from __future__ import annotations

from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.service.middleware.permissions import find_route


class HeadRequests:
    """Asks a route that knows no HEAD as if for GET, and keeps what comes to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or not _wants_get(scope):
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # The server and the log look at the same scope, and are to see what was asked for.
        scope["method"] = "GET"
        try:
            await self.app(scope, receive, send_head)
        finally:
            scope["method"] = "HEAD"


def _wants_get(scope: Scope) -> bool:
    """Whether a route takes GET there and does not take HEAD."""
    if find_route(scope)[0] is Match.FULL:
        return False
    return find_route({**scope, "method": "GET"})[0] is Match.FULL
