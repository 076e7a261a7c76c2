"""Versions of the model: which there are, which answer, and who may change that."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from genderlens.errors import RegistryError
from genderlens.history.live import measure_live
from genderlens.history.tables import now
from genderlens.promotion.promote import promote, rollback, split_traffic
from genderlens.service.deps import (
    EngineDep,
    HistoryDep,
    KnownModelsDep,
    PoolsDep,
    ReloaderDep,
    SettingsDep,
    TrailDep,
)
from genderlens.service.middleware.permissions import needs
from genderlens.service.models.versions import compare, compared_versions
from genderlens.service.process.pools import POINTER_S
from genderlens.service.schemas.models import ComparisonAnswer, ModelsAnswer
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.schemas.registry import (
    DecisionAnswer,
    PromotionProblem,
    PromotionRequest,
    TrafficRequest,
)
from genderlens.types import Scope

router = APIRouter(tags=["models"])
_FAILURES = problem_responses(401, 403, 404, 409, 422, 429, 500, 503)
_REFUSED = _FAILURES | {
    409: {"model": PromotionProblem, "description": "`promotion_refused`, `registry_failed`."}
}


@router.get("/models", response_model=ModelsAnswer, responses=_FAILURES)
@needs(Scope.PREDICT, Scope.TRAIN)
async def list_models(known: KnownModelsDep) -> ModelsAnswer:
    """Every version of the registry, oldest first, and what of it answers here."""
    return await known.read()


@router.get("/models/compare", response_model=ComparisonAnswer, responses=_FAILURES)
@needs(Scope.PREDICT, Scope.TRAIN)
async def compare_models(
    engine: EngineDep,
    pools: PoolsDep,
    history: HistoryDep,
    versions: Annotated[
        str | None,
        Query(
            description="Versions or aliases, separated by commas; unset: all with traffic.",
            max_length=1000,
            examples=["production,candidate"],
        ),
    ] = None,
    since: Annotated[int, Query(description="Days to look back.", ge=1, le=3650)] = 7,
) -> ComparisonAnswer:
    """How versions did in service, over all keys: outcomes, times, and what corrections say."""
    chosen = await pools.registry.run(
        lambda: compared_versions(engine, engine.reloader.registry, versions)
    )
    start = now() - timedelta(days=since)
    live = await history.ask(measure_live, chosen, start) if history.on else {}
    return ComparisonAnswer(
        history="on" if history.on else "off",
        since=start,
        versions=compare(chosen, engine, live),
    )


@router.post("/models/rollback", response_model=ModelsAnswer, responses=_FAILURES)
@needs(Scope.ADMIN)
async def roll_back(
    known: KnownModelsDep, pools: PoolsDep, reloader: ReloaderDep, trail: TrailDep
) -> ModelsAnswer:
    """Put the previous version into production again."""
    async with trail.noting("model.rollback", "production") as detail:
        state = await pools.changes.run(lambda: rollback(reloader.registry), POINTER_S)
        detail.update(production=state.production, previous=state.previous)
    await reloader.refresh()
    return await known.read_changed()


@router.put("/models/traffic", response_model=ModelsAnswer, responses=_FAILURES)
@needs(Scope.ADMIN)
async def set_traffic(
    traffic: TrafficRequest,
    known: KnownModelsDep,
    pools: PoolsDep,
    reloader: ReloaderDep,
    trail: TrailDep,
) -> ModelsAnswer:
    """Share the traffic among versions by weight; the same key or picture keeps its version."""
    async with trail.noting("model.traffic", "production", weights=traffic.weights):
        await pools.changes.run(
            lambda: split_traffic(reloader.registry, traffic.weights), POINTER_S
        )
    await reloader.refresh()
    return await known.read_changed()


@router.post("/models/{version}/promote", response_model=DecisionAnswer, responses=_REFUSED)
@needs(Scope.ADMIN)
async def promote_version(
    version: str,
    pools: PoolsDep,
    reloader: ReloaderDep,
    settings: SettingsDep,
    trail: TrailDep,
    promotion: Annotated[PromotionRequest | None, Body()] = None,
) -> dict[str, Any]:
    """Put a version into production where the gates hold; 409 with the figures where not."""
    promotion = promotion or PromotionRequest()
    if promotion.force != (promotion.reason is not None):
        raise RegistryError("`force` and `reason` belong together; give both or none")
    registry = reloader.registry
    async with trail.noting("model.promote", version, forced=promotion.reason) as detail:
        decision = await pools.changes.run(
            lambda: promote(registry, version, settings, forced=promotion.reason)
        )
        detail.update(decision=decision["id"], previous=decision["production"])
    await reloader.refresh()
    return decision
