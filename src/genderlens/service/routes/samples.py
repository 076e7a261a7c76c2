"""Labelled pictures for the next training."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from genderlens.history.samples import SampleQuery
from genderlens.service.deps import EngineDep, HistoryDep, PoolDep, PrincipalDep, TrailDep
from genderlens.service.feedback import read_sample
from genderlens.service.middleware.auth import Principal
from genderlens.service.middleware.permissions import needs
from genderlens.service.schemas.history import Purged, SampleAnswer, SampleCounts
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.times import Time
from genderlens.types import Scope

router = APIRouter(tags=["samples"])
_FORM = {
    "type": "object",
    "required": ["label", "file"],
    "properties": {
        "label": {"type": "string", "description": "A label of the model's first head."},
        "file": {"type": "string", "format": "binary"},
    },
}


_FAILURES = problem_responses(401, 403, 404, 422, 429, 500, 503)


@router.get("/samples", response_model=SampleCounts, responses=_FAILURES)
@needs(Scope.TRAIN)
async def count_samples(engine: EngineDep, history: HistoryDep, pool: PoolDep) -> SampleCounts:
    """How many labelled pictures the pool holds, of all keys together."""
    words = engine.head.labels if engine.ready else ()
    labels = await history.store(lambda: pool.count(words))
    return SampleCounts(count=sum(labels.values()), labels=labels, limit=pool.max_samples)


@router.delete("/samples", response_model=Purged, responses=_FAILURES)
@needs(Scope.TRAIN)
async def delete_samples(
    history: HistoryDep,
    pool: PoolDep,
    principal: PrincipalDep,
    trail: TrailDep,
    before: Annotated[
        Time | None, Query(description="All that were added before this time.")
    ] = None,
    everything: Annotated[
        bool, Query(alias="all", description="All of them; needed where no time is given.")
    ] = False,
) -> Purged:
    """Remove pictures and their entries: the caller's; with the scope `admin`, everybody's."""
    if (before is None) is not everything:
        fault = {"loc": ("query", "before"), "msg": "give either a time here or all=true"}
        raise RequestValidationError([fault])
    wanted = SampleQuery(key_id=principal.visible_key, before=before)
    count = await history.store(lambda: history.eraser.samples(wanted))
    if count:
        when = before.isoformat() if before else None
        await trail.note("sample.delete", _whose(principal), count=count, before=when)
    return Purged(deleted=count)


@router.delete("/samples/{sha256}", status_code=204, responses=_FAILURES)
@needs(Scope.PREDICT, Scope.TRAIN)  # a correction, sent with the scope predict, is taken back too
async def delete_sample(
    history: HistoryDep, pool: PoolDep, principal: PrincipalDep, trail: TrailDep, sha256: str
) -> Response:
    """Remove one picture by the hash that `POST /samples` told; another key's is not found."""
    wanted = SampleQuery(key_id=principal.visible_key, sha256=sha256)
    if not await history.store(lambda: history.eraser.samples(wanted)):
        raise HTTPException(404, f"no sample {sha256[:64]!r}; it may have been removed")
    await trail.note("sample.delete", sha256)
    return Response(status_code=204)


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
@needs(Scope.TRAIN)
async def add_sample(
    request: Request,
    engine: EngineDep,
    history: HistoryDep,
    pool: PoolDep,
    principal: PrincipalDep,
    trail: TrailDep,
) -> JSONResponse:
    """Add a picture, as annotators would label it. It is decoded and written anew, once."""
    label, upload = await read_sample(request, engine.head)
    async with engine.pixels(upload.content, principal.asker):
        sample = await history.store(lambda: pool.add(upload.content, label, principal.key_id))
    if trail.by_admin:
        await trail.note("sample.add", sample.sha256, label=label, new=sample.new)
    document = {"sha256": sample.sha256, "label": sample.label, "new": sample.new}
    return JSONResponse(document, 201 if sample.new else 200)


def _whose(principal: Principal) -> str:
    """For the audit log."""
    return f"of key {principal.visible_key}" if principal.visible_key else "of everybody"
