"""Versions of the model: which there are, which answer, and who may change that."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool

from genderlens.errors import RegistryError
from genderlens.promotion.promote import promote, rollback, split_traffic
from genderlens.registry.store import Registry
from genderlens.service.deps import EngineDep, ReloaderDep, SettingsDep
from genderlens.service.engine import Engine
from genderlens.service.registry_schemas import (
    DecisionAnswer,
    ModelsAnswer,
    ModelVersion,
    PromotionProblem,
    PromotionRequest,
    TrafficRequest,
)
from genderlens.service.schemas import problem_responses

router = APIRouter(tags=["models"])
_FAILURES = problem_responses(401, 403, 404, 409, 422, 429, 500, 503)
_REFUSED = _FAILURES | {
    409: {"model": PromotionProblem, "description": "`promotion_refused`, `registry_failed`."}
}


@router.get("/models", response_model=ModelsAnswer, responses=_FAILURES)
async def list_models(engine: EngineDep, reloader: ReloaderDep) -> ModelsAnswer:
    """Every version of the registry, oldest first, and what of it answers here."""
    return await run_in_threadpool(_describe, engine, reloader.registry)


@router.post("/models/rollback", response_model=ModelsAnswer, responses=_FAILURES)
async def roll_back(engine: EngineDep, reloader: ReloaderDep) -> ModelsAnswer:
    """Put the previous version into production again."""
    await run_in_threadpool(rollback, reloader.registry)
    await reloader.refresh()
    return await run_in_threadpool(_describe, engine, reloader.registry)


@router.put("/models/traffic", response_model=ModelsAnswer, responses=_FAILURES)
async def set_traffic(
    wish: TrafficRequest, engine: EngineDep, reloader: ReloaderDep
) -> ModelsAnswer:
    """Share the traffic among versions by weight; the same key or picture keeps its version."""
    await run_in_threadpool(split_traffic, reloader.registry, wish.weights)
    await reloader.refresh()
    return await run_in_threadpool(_describe, engine, reloader.registry)


@router.post("/models/{version}/promote", response_model=DecisionAnswer, responses=_REFUSED)
async def promote_version(
    version: str,
    reloader: ReloaderDep,
    settings: SettingsDep,
    wish: Annotated[PromotionRequest | None, Body()] = None,
) -> dict[str, Any]:
    """Put a version into production where the gates hold; 409 with the figures where not."""
    wish = wish or PromotionRequest()
    if wish.force != (wish.reason is not None):
        raise RegistryError("`force` and `reason` belong together; give both or none")
    registry = reloader.registry
    decision = await run_in_threadpool(promote, registry, version, settings, forced=wish.reason)
    await reloader.refresh()
    return decision


def _describe(engine: Engine, registry: Registry) -> ModelsAnswer:
    state = registry.state()
    shares = engine.fleet.shares if engine.ready else {}
    return ModelsAnswer(
        serving=engine.model_version,
        follows_registry=engine.reloader.follows_registry,
        reload_error=engine.reloader.reason,
        production=state.production,
        candidate=state.candidate,
        previous=state.previous,
        traffic=state.traffic,
        models=[
            ModelVersion(
                version=version,
                aliases=state.aliases_of(version),
                created=description.created,
                architecture=description.provenance.architecture,
                accuracy=description.evaluation.overall.value if description.evaluation else None,
                loaded=version in shares,
                share=shares.get(version),
            )
            for version in registry.versions()
            for description in [registry.describe(version)]
        ],
    )
