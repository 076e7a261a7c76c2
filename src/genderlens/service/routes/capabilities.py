"""What this installation can do, so that clients offer nothing that does not work."""

from __future__ import annotations

from fastapi import APIRouter

from genderlens.inference.explain import can_explain
from genderlens.inference.private import is_portable
from genderlens.jobs.store import training_sources
from genderlens.pictures.containers import list_formats
from genderlens.recipe import list_recipes
from genderlens.service.deps import EngineDep, PrincipalDep, SettingsDep
from genderlens.service.middleware.auth import needs_keys
from genderlens.service.middleware.permissions import needs, public
from genderlens.service.schemas.capabilities import Capabilities, KeyCapabilities
from genderlens.service.schemas.heads import describe_heads
from genderlens.service.schemas.problem import problem_responses
from genderlens.settings import Settings
from genderlens.types import Scope

router = APIRouter(tags=["service"])


@router.get("/capabilities", response_model=Capabilities)
@public
async def capabilities(engine: EngineDep, settings: SettingsDep) -> Capabilities:
    """What works here, whoever asks; heads, heat maps and private mode once a model is loaded."""
    kept, taken = settings.history == "on", settings.samples is not None
    bundles = engine.predictor.bundles if engine.ready else ()
    return Capabilities(
        keys_needed=needs_keys(settings),
        history=kept,
        feedback=kept and taken,
        samples=taken,
        training=bool(training_sources(settings)),
        promotion=settings.gate_data is not None,
        heat_maps=can_explain(bundles),
        private_mode=is_portable(bundles, settings),
        heads=describe_heads(engine.predictor.questions.heads) if engine.ready else [],
        formats=[name.lower() for name in list_formats()],
        max_body_bytes=settings.max_body_bytes,
        max_pixels=settings.max_pixels,
    )


@router.get(
    "/capabilities/key",
    response_model=KeyCapabilities,
    responses=problem_responses(401, 403, 429),
)
@needs(*Scope)
async def key_capabilities(settings: SettingsDep, principal: PrincipalDep) -> KeyCapabilities:
    """What the key of this request may do: a way to try a key before it is used."""
    trains = not principal.scopes.isdisjoint({Scope.TRAIN, Scope.ADMIN})
    return KeyCapabilities(
        scopes=[scope for scope in Scope if scope in principal.scopes],
        training_sources=sorted(training_sources(settings)) if trains else [],
        recipes=_recipes(settings) if trains else [],
    )


def _recipes(settings: Settings) -> list[str]:
    usual = settings.retrain_recipe
    return [usual, *(name for name in list_recipes() if name != usual)]
