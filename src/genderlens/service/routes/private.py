"""The files of private mode, always of the model that answers now."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from genderlens.bundle import MODEL
from genderlens.inference.private import FACTS, PrivateFile, list_private_files
from genderlens.service.deps import EngineDep
from genderlens.service.middleware.permissions import needs
from genderlens.types import Scope

router = APIRouter(include_in_schema=False)
_JSON: Final = "application/json"
_NETWORK: Final = "application/octet-stream"
_PIECE_BYTES: Final = 1 << 18


@router.api_route("/app/private/{name}", methods=["GET", "HEAD"])
@needs(Scope.PREDICT)
def private_file(request: Request, engine: EngineDep, name: str) -> Response:
    """``model.json`` or one of the networks it names; browsers ask whether theirs still holds.

    404 for other names, and as a problem document where what serves cannot run in a browser.
    """
    predictor = engine.predictor
    settings = predictor.settings
    if any(graph.name == MODEL for graph in predictor.graphs):  # the page is to answer as we do
        settings = settings.model_copy(update={"precision": "fp32"})
    files = list_private_files(predictor.bundles, settings)
    if name not in files:
        raise HTTPException(404, f"there is no {name[:80]!r}; there are {', '.join(files)}")
    file = files[name]
    headers = {"ETag": f'"{file.sha256}"', "Cache-Control": "no-cache"}
    if _holds(request.headers.get("if-none-match", ""), file):
        return Response(status_code=304, headers=headers)
    kind = _JSON if name == FACTS else _NETWORK
    headers["Content-Length"] = str(file.facts["bytes"])
    if request.method == "HEAD":
        return Response(headers=headers, media_type=kind)
    stream = file.open()
    return StreamingResponse(
        iter(partial(stream.read, _PIECE_BYTES), b""),
        headers=headers,
        media_type=kind,
        background=BackgroundTask(stream.close),
    )


def _holds(known: str, file: PrivateFile) -> bool:
    """Whether the client has this content, by the tags of its If-None-Match."""
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return not tags.isdisjoint({f'"{file.sha256}"', "*"})
