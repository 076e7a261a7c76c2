"""Wiring of the service; no logic here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.staticfiles import StaticFiles

from genderlens._version import __version__
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.service.engine import Engine
from genderlens.service.errors import Unexpected, install_handlers
from genderlens.service.headers import SecurityHeaders
from genderlens.service.limits import BodyLimit
from genderlens.service.metrics import Metrics, RequestMetrics
from genderlens.service.openapi import install_openapi
from genderlens.service.routes import health, predict, root
from genderlens.settings import Settings


def create_app(
    settings: Settings, create: Callable[[Settings], Predictor] = create_predictor
) -> FastAPI:
    """The application. The model is loaded after start-up; until it is warm, health says 503."""
    metrics = Metrics()
    engine = Engine(settings, create, metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(engine.start())
        yield
        await loading
        engine.stop()

    app: FastAPI = FastAPIOffline(
        title="genderlens",
        summary="Perceived gender presentation from photos, honest about doubt.",
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.metrics = metrics
    for module in (root, health, predict):
        app.include_router(module.router)
    app.mount("/app", StaticFiles(packages=[("genderlens.service", "page")], html=True))
    install_handlers(app)
    install_openapi(app)
    app.add_middleware(Unexpected)
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestMetrics, metrics=metrics)
    return app
