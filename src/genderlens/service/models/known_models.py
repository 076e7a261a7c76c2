"""What the registry says of its versions: asked once for all who wait, remembered for bad times."""

from __future__ import annotations

import asyncio

from genderlens.errors import OverloadedError, StoreTimeoutError
from genderlens.service.models.engine import Engine
from genderlens.service.models.versions import describe_models
from genderlens.service.process.threads import Threads
from genderlens.service.schemas.models import ModelsAnswer


class KnownModels:
    """The answer of ``GET /models``. While the registry hangs, the last one, marked as stale."""

    def __init__(self, engine: Engine, threads: Threads) -> None:
        self._engine, self._threads = engine, threads
        self._asking: asyncio.Task[ModelsAnswer] | None = None
        self._last: ModelsAnswer | None = None

    async def read(self) -> ModelsAnswer:
        """As it is now. Raises StoreTimeoutError or OverloadedError where nothing is known yet."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        try:
            return await asyncio.shield(self._asking)
        except (StoreTimeoutError, OverloadedError):
            if self._last is None:
                raise
            serving = self._engine.model_version
            return self._last.model_copy(update={"stale": True, "serving": serving})

    async def read_changed(self) -> ModelsAnswer:
        """As it is after a change of ours; nobody is answered by a question from before."""
        self._asking = None
        return await self.read()

    async def _ask(self) -> ModelsAnswer:
        self._last = await self._threads.run(self._describe)
        return self._last

    def _describe(self) -> ModelsAnswer:
        return describe_models(self._engine, self._engine.reloader.registry)
