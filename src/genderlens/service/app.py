"""Wiring of the service; no logic here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from genderlens._version import __version__
from genderlens.history.database import Database, database_url
from genderlens.history.pool import create_pool
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.service.access import Access
from genderlens.service.auth import Keyring, keeping_up, needs_keys
from genderlens.service.cors import Origins
from genderlens.service.engine import Engine
from genderlens.service.errors import Unexpected, install_handlers
from genderlens.service.explaining import Explainers
from genderlens.service.headers import SecurityHeaders
from genderlens.service.history import History
from genderlens.service.hosts import Hosts
from genderlens.service.jobs import JobDesk
from genderlens.service.limits import BodyLimit
from genderlens.service.metrics import Metrics
from genderlens.service.openapi import install_openapi
from genderlens.service.page import Page, built_page
from genderlens.service.rates import Rates
from genderlens.service.request_log import RequestLog
from genderlens.service.routes import (
    audit,
    explain,
    feedback,
    health,
    jobs,
    models,
    predict,
    private,
    root,
    samples,
)
from genderlens.service.routes import history as past
from genderlens.service.tracing import create_tracing
from genderlens.settings import Settings


def create_app(
    settings: Settings, create: Callable[[Settings], Predictor] = create_predictor
) -> FastAPI:
    """The application. The model is loaded after start-up; until it is warm, health says 503."""
    metrics, tracing = Metrics(), create_tracing(settings)
    engine = Engine(settings, create, metrics, tracing)
    desk = JobDesk(settings)
    database = Database(database_url(settings))
    history = History(settings, database, metrics)
    keyring = Keyring(database) if needs_keys(settings) else None
    rates, origins, hosts = Rates(settings, metrics), Origins(settings), Hosts(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(engine.start())
        desk.start()
        history.start()
        async with keeping_up(keyring):
            yield
        await asyncio.to_thread(desk.stop)
        await loading
        engine.stop()
        await asyncio.to_thread(history.stop)
        await rates.close()
        database.close()
        await asyncio.to_thread(tracing.stop)

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
    app.state.explainers = Explainers()
    app.state.jobs = desk
    app.state.history = history
    app.state.rates = rates
    app.state.pool = create_pool(settings, database)
    modules = (
        root,
        health,
        predict,
        explain,
        models,
        jobs,
        past,
        feedback,
        samples,
        audit,
        private,
    )
    for module in modules:
        app.include_router(module.router)
    app.mount("/app", Page(built_page()))
    install_handlers(app)
    install_openapi(app)
    app.add_middleware(Unexpected)
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(Access, keyring=keyring, origins=origins, hosts=hosts, rates=rates)
    app.add_middleware(Unexpected)  # again, for what the two above it may raise
    if origins.allowed:
        app.add_middleware(CORSMiddleware, **origins.middleware_options())
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, metrics=metrics, tracing=tracing)
    tracing.instrument(app)
    return app
