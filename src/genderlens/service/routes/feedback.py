"""Corrections of answers given before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from genderlens.errors import PictureMismatchError
from genderlens.history.identifiers import is_id
from genderlens.history.predictions import Query, find_prediction
from genderlens.history.samples import write_feedback
from genderlens.service.deps import EngineDep, HistoryDep, PoolDep, PrincipalDep, TrailDep
from genderlens.service.feedback import read_correction
from genderlens.service.middleware.permissions import needs
from genderlens.service.routes.history import not_found
from genderlens.service.schemas import compatibility
from genderlens.service.schemas.history import Correction
from genderlens.service.schemas.problem import problem_responses
from genderlens.storage import sha256_of_bytes
from genderlens.types import Scope

router = APIRouter(tags=["samples"])
_LABEL = {"type": "string", "description": "A label of the model's first head."}
_JSON = {"type": "object", "required": ["label"], "properties": {"label": _LABEL}}
_FORM = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": _LABEL, "file": {"type": "string", "format": "binary"}},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _JSON, "example": compatibility.LABEL},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}


@router.post(
    "/predictions/{identity}/feedback",
    response_model=Correction,
    responses=problem_responses(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503, 507),
    openapi_extra=_BODY,
)
@needs(Scope.PREDICT)
async def correct(
    request: Request,
    engine: EngineDep,
    history: HistoryDep,
    pool: PoolDep,
    principal: PrincipalDep,
    trail: TrailDep,
    identity: str,
) -> dict[str, Any]:
    """Say how annotators would label the picture; the last correction wins.

    The service did not keep the picture: sent along as `file`, the very same file joins the
    sample pool for the next training, from which it goes with the prediction or by its own hash.
    """
    history.require_on()
    sent = await read_correction(request, engine.head)
    wanted = Query(key_id=principal.visible_key)
    row = await history.ask(find_prediction, identity, wanted) if is_id(identity) else None
    if row is None:
        raise not_found(identity)
    if sent.picture is None:
        known = await history.ask(write_feedback, identity, sent.label, principal.key_id)
        sample = None
    else:
        content = sent.picture.content
        _require_same(content, row)
        async with engine.pixels(content, principal.asker):
            added = await history.store(
                lambda: pool.correct(content, sent.label, principal.key_id, identity)
            )
        known, sample = added is not None, added.sha256 if added else None
    if not known:
        raise not_found(identity)
    if trail.by_admin:
        await trail.note("feedback.write", identity, label=sent.label, sample=sample)
    return {"id": identity, "label": sent.label, "sample": sample}


def _require_same(content: bytes, row: dict[str, Any]) -> None:
    if len(content) != row["size_bytes"] or sha256_of_bytes(content) != row["sha256"]:
        raise PictureMismatchError(
            "'file' is not the picture of this prediction; send the very same file, or the label "
            "alone"
        )
