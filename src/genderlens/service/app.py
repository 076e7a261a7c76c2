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
from genderlens.service.errors import Unexpected, install_handlers
from genderlens.service.history import History
from genderlens.service.middleware.access import Access
from genderlens.service.middleware.auth import Keyring, keeping_up, needs_keys
from genderlens.service.middleware.body_memory import BodyMemory
from genderlens.service.middleware.cors import Origins
from genderlens.service.middleware.head_requests import HeadRequests
from genderlens.service.middleware.headers import SecurityHeaders
from genderlens.service.middleware.hosts import Hosts
from genderlens.service.middleware.limits import BodyLimit
from genderlens.service.middleware.open_service import OpenService
from genderlens.service.middleware.permissions import declare_public, public
from genderlens.service.middleware.proxies import (
    BehindProxy,
    Proxies,
    checked_root_path,
    first_segments,
)
from genderlens.service.middleware.rates import Rates
from genderlens.service.middleware.request_log import RequestLog
from genderlens.service.middleware.strict_heads import StrictHeads
from genderlens.service.middleware.tracing import create_tracing
from genderlens.service.models.engine import Engine
from genderlens.service.models.explaining import Explainers
from genderlens.service.models.known_models import KnownModels
from genderlens.service.openapi import install_openapi
from genderlens.service.page import WebPage, built_page
from genderlens.service.process.allocator import return_freed_memory
from genderlens.service.process.capacity import limit_bytes, warn_of_little_memory
from genderlens.service.process.pools import Pools
from genderlens.service.process.server import warn_of_other_server
from genderlens.service.process.stopping import ending_in_time, stop_all
from genderlens.service.redaction import ServerPaths
from genderlens.service.retraining import RetrainingQueue
from genderlens.service.routes import list_routers
from genderlens.service.telemetry.metrics import Metrics
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
    desk = RetrainingQueue(settings)
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
            if settings.share_port:
                await engine.require_loaded(loading)
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
    for router in list_routers():
        app.router.routes.extend(router.routes)  # one flat list, as find_route reads it
    app.mount("/app", public(WebPage(built_page())))
    install_handlers(app)
    install_openapi(app)
    app.add_middleware(BodyLimit, settings=settings, memory=BodyMemory(settings, metrics))
    app.add_middleware(
        Access,
        keyring=keyring,
        origins=origins,
        hosts=hosts,
        rates=rates,
        open_service=OpenService(settings),
    )
    app.add_middleware(Unexpected)
    app.add_middleware(HeadRequests)
    if origins.allowed:
        app.add_middleware(CORSMiddleware, **origins.middleware_options())
    app.add_middleware(StrictHeads, proxies=proxies)
    app.add_middleware(SecurityHeaders)
    own = first_segments(app.routes)
    app.add_middleware(BehindProxy, proxies=proxies, root_path=root_path, own=own)
    app.add_middleware(RequestLog, metrics=metrics, tracing=tracing, places=ServerPaths(settings))
    tracing.instrument(app)
    return app
