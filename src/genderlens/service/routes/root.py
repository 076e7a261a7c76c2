"""The root and the metrics."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from genderlens._version import __version__
from genderlens.bundle import CARD
from genderlens.errors import GenderlensError
from genderlens.service.deps import EngineDep, JobDeskDep, MetricsDep, PoolsDep
from genderlens.service.middleware.permissions import needs, public
from genderlens.service.schemas.health import Welcome
from genderlens.service.schemas.problem import problem_responses
from genderlens.types import Scope

router = APIRouter(tags=["service"])
_COUNT_S: Final = 1.0
"""How long the database may take to count jobs: whoever scrapes does not wait for it."""
_BROWSER: dict[int | str, dict[str, Any]] = {307: {"description": "A browser: see the page."}}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get("/", response_model=Welcome, responses=_BROWSER)
@public
async def root(request: Request, engine: EngineDep) -> Response | Welcome:
    """Who answers here; a browser is sent to the page."""
    if "text/html" in request.headers.get("accept", ""):
        return await to_page(request)
    return Welcome(
        message="genderlens: perceived gender presentation from photos",
        status="ok" if engine.ready else "failed" if engine.failed else "starting",
        version=__version__,
        model=engine.model_version,
    )


@router.get("/app", include_in_schema=False)
@public
async def to_page(request: Request) -> RedirectResponse:
    """The page lies in a folder; without its slash, what the page asks for would lie beside it."""
    root, query = request.scope.get("root_path", ""), request.url.query
    # Where no prefix is known, one may still be there: a relative address keeps it.
    place = f"{root}/app/" if root else "app/"
    return RedirectResponse(f"{place}?{query}" if query else place, 307)


@router.get("/model-card", response_class=Response, responses=_TEXT | problem_responses(404))
@needs(Scope.PREDICT)
def model_card(engine: EngineDep) -> Response:
    """The model card of the model that answers, as Markdown; of an ensemble, every member's.

    404 where the bundle signs none: a file that merely lies there is not read.
    """
    signed = [b for b in engine.predictor.bundles if CARD in b.description.files]
    if not signed:
        raise HTTPException(404, f"the bundle of {engine.predictor.version} holds no {CARD}")
    cards = [bundle.read(CARD) for bundle in signed]
    return Response(b"\n---\n\n".join(cards), media_type="text/plain; charset=utf-8")


@router.get("/metrics", response_class=Response, responses=_TEXT)
@needs(Scope.METRICS)
async def metrics(metrics: MetricsDep, desk: JobDeskDep, pools: PoolsDep) -> Response:
    """Prometheus text format."""
    try:
        metrics.show_jobs(await pools.jobs.run(desk.count_jobs, _COUNT_S))
    except GenderlensError:  # everything else is told all the same
        metrics.show_jobs({})
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
