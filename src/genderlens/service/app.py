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
from genderlens.service.allocator import return_freed_memory
from genderlens.service.auth import Keyring, keeping_up, needs_keys
from genderlens.service.body_memory import BodyMemory
from genderlens.service.capacity import limit_bytes, warn_of_little_memory
from genderlens.service.cors import Origins
from genderlens.service.engine import Engine
from genderlens.service.errors import Unexpected, install_handlers
from genderlens.service.explaining import Explainers
from genderlens.service.head_requests import HeadRequests
from genderlens.service.headers import SecurityHeaders
from genderlens.service.history import History
from genderlens.service.hosts import Hosts
from genderlens.service.jobs import JobDesk
from genderlens.service.known_models import KnownModels
from genderlens.service.limits import BodyLimit
from genderlens.service.metrics import Metrics
from genderlens.service.open_service import OpenService
from genderlens.service.openapi import install_openapi
from genderlens.service.page import Page, built_page
from genderlens.service.permissions import declare_public, public
from genderlens.service.places import Places
from genderlens.service.pools import Pools
from genderlens.service.proxies import BehindProxy, Proxies, checked_root_path, first_segments
from genderlens.service.rates import Rates
from genderlens.service.request_log import RequestLog
from genderlens.service.routes import (
    audit,
    capabilities,
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
from genderlens.service.server import warn_of_other_server
from genderlens.service.stopping import ending_in_time, stop_all
from genderlens.service.strict_heads import StrictHeads
from genderlens.service.tracing import create_tracing
from genderlens.settings import Settings, load_settings


def create_app(
    settings: Settings | None = None, create: Callable[[Settings], Predictor] = create_predictor
) -> FastAPI:
    """The application, of the settings in the environment where none are given.

    The model is loaded after start-up; until it is warm, health says 503.
    """
    settings = settings or load_settings()
    metrics, tracing = Metrics(), create_tracing(settings)
    pools = Pools(metrics)
    engine = Engine(settings, create, metrics, tracing)
    desk = JobDesk(settings)
    database = Database(database_url(settings))
    history = History(settings, database, metrics)
    keyring = Keyring(database) if needs_keys(settings) else None
    rates, origins, hosts = Rates(settings, metrics), Origins(settings), Hosts(settings)
    proxies, root_path = Proxies(settings), checked_root_path(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        return_freed_memory()
        warn_of_little_memory(settings, limit_bytes())
        warn_of_other_server()
        with ending_in_time():
            loading = asyncio.create_task(engine.start())
            asking = asyncio.create_task(engine.canary.ask_forever())
            desk.start()
            history.start()
            async with keeping_up(keyring):
                yield
            engine.reloader.end_trials()
            asking.cancel()
            loading.cancel()
            await asyncio.wait({asking, loading}, timeout=1.0)
            await stop_all(desk.stop, engine.stop, pools.stop)
            await stop_all(history.stop, tracing.stop, last=True)
            await rates.close()
            database.close()

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
    app.state.pools = pools
    app.state.known_models = KnownModels(engine, pools.registry)
    app.state.explainers = Explainers()
    app.state.jobs = desk
    app.state.history = history
    app.state.rates = rates
    app.state.pool = create_pool(settings, database)
    declare_public(app.routes)  # so far there is the documentation
    modules = (
        root,
        health,
        capabilities,
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
        app.router.routes.extend(module.router.routes)  # one flat list, as find_route reads it
    app.mount("/app", public(Page(built_page())))
    install_handlers(app)
    install_openapi(app)
    app.add_middleware(Unexpected)
    app.add_middleware(BodyLimit, settings=settings, memory=BodyMemory(settings, metrics))
    app.add_middleware(
        Access,
        keyring=keyring,
        origins=origins,
        hosts=hosts,
        rates=rates,
        open_service=OpenService(settings),
    )
    app.add_middleware(Unexpected)  # again, for what the two above it may raise
    app.add_middleware(HeadRequests)
    if origins.allowed:
        app.add_middleware(CORSMiddleware, **origins.middleware_options())
    app.add_middleware(StrictHeads, proxies=proxies)
    app.add_middleware(SecurityHeaders)
    own = first_segments(app.routes)
    app.add_middleware(BehindProxy, proxies=proxies, root_path=root_path, own=own)
    app.add_middleware(RequestLog, metrics=metrics, tracing=tracing, places=Places(settings))
    tracing.instrument(app)
    return app
