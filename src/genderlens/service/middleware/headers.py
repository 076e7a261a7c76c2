"""Security headers on every response."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.service.paths import route_path

_STRICT: Final = "default-src 'none'; frame-ancestors 'none'"
_DOCS: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src blob:; frame-ancestors 'none'; base-uri 'none'"
)
_PAGE: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS: Final = (
    "camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), "
    "serial=(), hid=(), midi=()"
)
"""Of what a browser may let a page do, the camera: the page takes photos with it where told to."""
_BY_PREFIX: Final = {
    "/app/": _PAGE,
    "/docs": _DOCS,
    "/redoc": _DOCS,
    "/static-offline-docs": _DOCS,
}


class SecurityHeaders:
    """Nosniff, no framing, no referrer, apart from other origins, and policies by path.

    Pages of other origins that CORS lets ask use ``fetch``, which a resource policy does not stop.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = _policy(route_path(scope))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Permissions-Policy"] = PERMISSIONS
                headers.setdefault("Content-Security-Policy", policy)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _policy(path: str) -> str:
    matches = (policy for prefix, policy in _BY_PREFIX.items() if path.startswith(prefix))
    return next(matches, _STRICT)
