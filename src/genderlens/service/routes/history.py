"""Answers given before: no pictures, only what was said about them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse

from genderlens.heads import MOST_LABEL_LENGTH, unknown_label
from genderlens.heads.default import GENDER
from genderlens.history import predictions
from genderlens.history.identifiers import is_id
from genderlens.history.predictions import Query as Filter
from genderlens.service.deps import EngineDep, HistoryDep, PrincipalDep, TrailDep
from genderlens.service.history import History
from genderlens.service.history_csv import PAGE_ROWS, csv_pages
from genderlens.service.middleware.permissions import needs
from genderlens.service.schemas.history import HistoryPage, Purged, Remembered
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.times import Time
from genderlens.types import Outcome, Scope

router = APIRouter(tags=["history"])
MAX_LIMIT: Final = 500
MAX_COUNTED: Final = 100_000
"""A total is counted up to here, so that a long history costs no page its answer."""
_FAILURES = problem_responses(401, 403, 422, 429, 503)
_ONE_FAILURES = problem_responses(401, 403, 404, 429, 503)
_DELETE_FAILURES = problem_responses(401, 403, 404, 422, 429, 500, 503)
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
_VERSION: Final = "^[A-Za-z0-9_.+:-]+$"


def _known_label(
    engine: EngineDep,
    prediction: Annotated[
        str | None,
        Query(max_length=MOST_LABEL_LENGTH, description="A label of the model, or of the default."),
    ] = None,
) -> str | None:
    """422 with the near word for one that is no label, once it is known what labels there are."""
    words = (*engine.head.labels, *GENDER.labels) if engine.ready else ()
    if prediction is None or not words or prediction in words:
        return prediction
    said = unknown_label(prediction, words)
    raise RequestValidationError([{"loc": ("query", "prediction"), "msg": said}])


def filters(
    principal: PrincipalDep,
    prediction: Annotated[str | None, Depends(_known_label)],
    outcome: Annotated[Outcome | None, Query()] = None,
    model_version: Annotated[str | None, Query(pattern=_VERSION, max_length=500)] = None,
    sha256: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="Of the file that was sent.")
    ] = None,
    since: Annotated[Time | None, Query(description="From this time on.")] = None,
    until: Annotated[Time | None, Query(description="Before this time.")] = None,
) -> Filter:
    """What the caller asks for, among what the caller may see."""
    return Filter(
        key_id=principal.visible_key,
        outcome=outcome.value if outcome else None,
        prediction=prediction,
        model_version=model_version,
        sha256=sha256,
        since=since,
        until=until,
    )


FilterDep = Annotated[Filter, Depends(filters)]


async def _history_on(history: HistoryDep) -> History:
    history.require_on()
    return history


HistoryOnDep = Annotated[History, Depends(_history_on)]


def _valid_cursor(cursor: Annotated[str | None, Query(max_length=100)] = None) -> str | None:
    if cursor is not None and not is_id(cursor):
        fault = {"loc": ("query", "cursor"), "msg": "not one that this service gave; leave it out"}
        raise RequestValidationError([fault])
    return cursor


@router.get(
    "/predictions",
    response_model=HistoryPage,
    response_model_exclude_unset=True,
    responses=_FAILURES,
)
@needs(Scope.PREDICT)
async def list_predictions(
    history: HistoryOnDep,
    wanted: FilterDep,
    cursor: Annotated[str | None, Depends(_valid_cursor)],
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    total: Annotated[bool, Query(description="Whether to count them.")] = False,
) -> dict[str, Any]:
    """Newest first. `next` is the `cursor` of the page that follows, null on the last one."""
    rows = await history.ask(predictions.list_predictions, wanted, before=cursor, limit=limit + 1)
    count = (
        await history.ask(predictions.count_predictions, wanted, most=MAX_COUNTED)
        if total
        else None
    )
    page = rows[:limit]
    following = page[-1]["id"] if len(rows) > limit else None
    return {"predictions": page, "next": following, "total": count}


@router.get("/predictions.csv", response_class=StreamingResponse, responses=_CSV | _FAILURES)
@needs(Scope.PREDICT)
async def export_predictions(history: HistoryOnDep, wanted: FilterDep) -> StreamingResponse:
    """All that the filters let through, as CSV."""

    async def fetch(before: str | None, limit: int) -> list[dict[str, Any]]:
        return await history.ask(predictions.list_predictions, wanted, before=before, limit=limit)

    pages = csv_pages(fetch, await fetch(None, PAGE_ROWS))
    attachment = {"Content-Disposition": 'attachment; filename="predictions.csv"'}
    return StreamingResponse(pages, media_type="text/csv; charset=utf-8", headers=attachment)


@router.get(
    "/predictions/{identity}",
    response_model=Remembered,
    response_model_exclude_unset=True,
    responses=_ONE_FAILURES,
)
@needs(Scope.PREDICT)
async def get_prediction(
    history: HistoryOnDep, principal: PrincipalDep, identity: str
) -> dict[str, Any]:
    """One answer, with its correction. Another key's is not found."""
    wanted = Filter(key_id=principal.visible_key)
    row = (
        await history.ask(predictions.find_prediction, identity, wanted)
        if is_id(identity)
        else None
    )
    if row is None:
        raise not_found(identity)
    return row


@router.delete("/predictions/{identity}", status_code=204, responses=_DELETE_FAILURES)
@needs(Scope.PREDICT)
async def delete_prediction(
    history: HistoryOnDep, principal: PrincipalDep, trail: TrailDep, identity: str
) -> Response:
    """Forget one answer, its correction, and the picture that came with that."""
    wanted = Filter(key_id=principal.visible_key)
    if not is_id(identity) or not await history.store(
        lambda: history.eraser.prediction(identity, wanted)
    ):
        raise not_found(identity)
    await trail.note("prediction.delete", identity)
    return Response(status_code=204)


@router.delete("/predictions", response_model=Purged, responses=_DELETE_FAILURES)
@needs(Scope.PREDICT)
async def delete_predictions(
    history: HistoryOnDep,
    principal: PrincipalDep,
    trail: TrailDep,
    until: Annotated[Time, Query(description="Everything before this time.")],
) -> dict[str, int]:
    """Forget all answers before a time: the caller's; with the scope `admin`, everybody's.

    Their corrections and the pictures that came with those go too.
    """
    wanted = Filter(key_id=principal.visible_key, until=until)
    count = await history.store(lambda: history.eraser.predictions(wanted))
    if count:
        whose = f"of key {wanted.key_id}" if wanted.key_id else "of everybody"
        await trail.note("prediction.delete", whose, count=count, until=until.isoformat())
    return {"deleted": count}


def not_found(identity: str) -> HTTPException:
    """HTTP 404, the same for what never was and for what is another key's."""
    return HTTPException(404, f"no prediction {identity[:40]!r}; it may have been deleted")
