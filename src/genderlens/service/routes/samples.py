"""Labelled pictures for the next training."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from genderlens.service.deps import HistoryDep, PoolDep, PrincipalDep
from genderlens.service.feedback import read_sample
from genderlens.service.history_schemas import SampleAnswer
from genderlens.service.schemas import problem_responses

router = APIRouter(tags=["samples"])
_FORM = {
    "type": "object",
    "required": ["label", "file"],
    "properties": {
        "label": {"type": "string", "enum": ["female", "male"]},
        "file": {"type": "string", "format": "binary"},
    },
}


@router.post(
    "/samples",
    status_code=201,
    response_model=SampleAnswer,
    responses={
        200: {"model": SampleAnswer, "description": "The pool had the picture, so labelled."},
        **problem_responses(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    },
)
async def add_sample(
    request: Request, history: HistoryDep, pool: PoolDep, principal: PrincipalDep
) -> JSONResponse:
    """Add a picture, as annotators would label it. It is decoded and written anew, once."""
    label, upload = await read_sample(request)
    sample = await history.store(lambda: pool.add(upload.content, label, principal.key_id))
    document = {"sha256": sample.sha256, "label": sample.label, "new": sample.new}
    return JSONResponse(document, 201 if sample.new else 200)
