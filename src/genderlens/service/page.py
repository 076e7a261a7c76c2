"""The web page: static files that ``make page`` builds from ``web/`` into the package."""

from __future__ import annotations

import logging
import os
from importlib import resources
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

from genderlens.service.errors import problem

INDEX: Final = "index.html"
NOT_BUILT: Final = (
    "the page was not built: run 'make page' in the repository, or install a wheel; "
    "the API answers without it, see /docs"
)
_NOTICE: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>genderlens</title>"
    "<h1>The page was not built</h1><p>Run <code>make page</code> in the repository, or install a "
    "wheel. The API answers without it: <a href=../docs>its documentation</a>.</p>"
)
_KINDS: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".onnx": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
"""Named here because browsers insist and a machine's own table of types may lack them."""
_HASHED: Final = "assets"
_FOREVER: Final = "public, max-age=31536000, immutable"
_log = logging.getLogger(__name__)


def built_page() -> Path:
    """Where ``make page`` puts it."""
    return Path(str(resources.files("genderlens"))) / "service" / "web"


class WebPage(StaticFiles):
    """The files of ``folder``; says what to do where they are missing, which costs nothing else.

    What lies in ``assets`` has the hash of its content in its name and is never asked for again;
    a file with a ``.gz`` beside it is sent as that to whoever takes it.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder
        if not self._is_built:
            _log.warning(NOT_BUILT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_built:
            await super().__call__(scope, receive, send)
        else:
            await _missing(scope)(scope, receive, send)

    @property
    def _is_built(self) -> bool:
        return (self._folder / INDEX).is_file()

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """As the parent's, with type, encoding and how long the answer holds."""
        asked, path = Headers(scope=scope), Path(full_path)
        headers = {"Cache-Control": _FOREVER if path.parent.name == _HASHED else "no-cache"}
        kind = _KINDS.get(path.suffix)
        packed = path.with_name(f"{path.name}.gz")
        if packed.is_file():
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in asked.get("accept-encoding", ""):
                headers["Content-Encoding"] = "gzip"
                path, stat_result = packed, packed.stat()
        response = FileResponse(
            path, status_code, headers, media_type=kind, stat_result=stat_result
        )
        if self.is_not_modified(response.headers, asked):
            return NotModifiedResponse(response.headers)
        return response


def _missing(scope: Scope) -> Response:
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(_NOTICE, 404)
    return problem(404, "not_found", NOT_BUILT)
