"""What routes ask for by annotation.

Each step of a dependency is work of FastAPI in every request, so those of ``/predict``
read the application's state for themselves instead of asking for one another.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from genderlens.history.pool import SamplePool
from genderlens.service.exchange import Recorder
from genderlens.service.feedback import require_pool
from genderlens.service.history import History
from genderlens.service.middleware.auth import Principal
from genderlens.service.middleware.rates import Rates
from genderlens.service.models.engine import Engine
from genderlens.service.models.explaining import Explainers
from genderlens.service.models.known_models import KnownModels
from genderlens.service.models.reload import Reloader
from genderlens.service.models.routing import AnswerOptions, Route, read_names
from genderlens.service.process.pools import Pools
from genderlens.service.retraining import RetrainingQueue
from genderlens.service.telemetry.metrics import Metrics
from genderlens.service.trail import Trail
from genderlens.service.uploads import Upload, read_file, read_files, read_picture
from genderlens.settings import Settings
from genderlens.types import FacePolicy


def _of_app(name: str) -> Callable[[Request], Coroutine[Any, Any, Any]]:
    """What ``create_app`` keeps under a name."""

    async def get(request: Request) -> Any:
        return getattr(request.app.state, name)

    return get


EngineDep = Annotated[Engine, Depends(_of_app("engine"))]
ExplainersDep = Annotated[Explainers, Depends(_of_app("explainers"))]
SettingsDep = Annotated[Settings, Depends(_of_app("settings"))]
MetricsDep = Annotated[Metrics, Depends(_of_app("metrics"))]
JobDeskDep = Annotated[RetrainingQueue, Depends(_of_app("jobs"))]
KnownModelsDep = Annotated[KnownModels, Depends(_of_app("known_models"))]
PoolsDep = Annotated[Pools, Depends(_of_app("pools"))]
"""Threads by concern."""
HistoryDep = Annotated[History, Depends(_of_app("history"))]
RatesDep = Annotated[Rates, Depends(_of_app("rates"))]


async def _open_engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    engine.require_capacity(_asker(request))
    return engine


def _asker(request: Request) -> str:
    principal: Principal | None = getattr(request.state, "principal", None)
    return principal.asker if principal else ""


OpenEngineDep = Annotated[Engine, Depends(_open_engine)]
"""The engine where it takes pictures; named before them, it refuses before a body is read."""


async def _route(
    request: Request,
    model: Annotated[
        str | None,
        Query(
            description="A version, or an alias such as `production`, of a model that is served. "
            "Unset: the split of the traffic decides, the same for the same key or picture.",
            max_length=200,
        ),
    ] = None,
) -> Route:
    principal = getattr(request.state, "principal", None)
    return Route(model, principal.key_id if principal else None, _asker(request))


async def _reloader(engine: EngineDep) -> Reloader:
    return engine.reloader


RouteDep = Annotated[Route, Depends(_route)]
ReloaderDep = Annotated[Reloader, Depends(_reloader)]


async def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


async def _pool(request: Request) -> SamplePool:
    return require_pool(request.app.state.pool)


PrincipalDep = Annotated[Principal, Depends(_principal)]
PoolDep = Annotated[SamplePool, Depends(_pool)]
"""The sample pool; named before a body, it refuses before that is read."""


async def _trail(history: HistoryDep, principal: PrincipalDep) -> Trail:
    return Trail(history, principal)


TrailDep = Annotated[Trail, Depends(_trail)]
"""The audit log, where a route notes what it changed."""


async def _recorder(request: Request) -> Recorder:
    return Recorder(request.app.state.history, request.state.principal)


async def _charged_files(request: Request) -> list[Upload]:
    """The files of a batch, each counted like a request of its own; the first one is already."""
    return await _charged(request, await read_files(request))


async def _charged_file(request: Request) -> Upload:
    return (await _charged(request, [await read_file(request)]))[0]


async def _charged_picture(request: Request) -> Upload:
    return (await _charged(request, [await read_picture(request)]))[0]


async def _charged(request: Request, uploads: list[Upload]) -> list[Upload]:
    """The pictures; one that needs much memory counts as several requests."""
    engine: Engine = request.app.state.engine
    rates: Rates = request.app.state.rates
    units = sum(engine.units(upload.content) for upload in uploads)
    await rates.charge(request.state.principal, units - 1)
    return uploads


RecorderDep = Annotated[Recorder, Depends(_recorder)]
"""Named behind the pictures, it measures from when they were there."""
PictureDep = Annotated[Upload, Depends(_charged_picture)]
FileDep = Annotated[Upload, Depends(_charged_file)]
FilesDep = Annotated[list[Upload], Depends(_charged_files)]


FacesParam = Annotated[
    FacePolicy | None,
    Query(
        description="`single` refuses none or several faces, `largest` takes the largest, `all` "
        "answers for each, `cropped` takes the whole picture as one face. "
        "Unset: the service's setting."
    ),
]


async def _options(
    faces: FacesParam = None,
    attributes: Annotated[
        list[str] | None,
        Query(
            description="Further heads of the model to answer, by name (`GET /capabilities` lists "
            "them), separated by commas or repeated; a JSON body may say `attributes` instead. "
            "Empty: none. Unset: the service's setting."
        ),
    ] = None,
) -> AnswerOptions:
    return AnswerOptions(faces, None if attributes is None else read_names(attributes))


OptionsDep = Annotated[AnswerOptions, Depends(_options)]
