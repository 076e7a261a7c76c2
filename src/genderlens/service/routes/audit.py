"""Who changed what: keys, models, samples, deletions and retrainings."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from genderlens.history.audit import list_entries
from genderlens.service.deps import HistoryDep
from genderlens.service.middleware.permissions import needs
from genderlens.service.schemas.audit import AuditPage
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.times import Time
from genderlens.types import Scope

router = APIRouter(tags=["audit"])
MAX_LIMIT: Final = 500


@router.get(
    "/audit", response_model=AuditPage, responses=problem_responses(401, 403, 422, 429, 503)
)
@needs(Scope.ADMIN)
async def list_audit(
    history: HistoryDep,
    since: Annotated[Time | None, Query(description="From this time on.")] = None,
    before: Annotated[
        int | None, Query(description="`next` of the page before.", ge=1, le=2**62)
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
) -> dict[str, Any]:
    """Newest first. `next` is the `before` of the page that follows, null on the last one."""
    rows = await history.consult(list_entries, since=since, before=before, limit=limit + 1)
    page = rows[:limit]
    return {"entries": page, "next": page[-1]["number"] if len(rows) > limit else None}
