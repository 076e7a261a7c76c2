"""One request's work: done while its client waits for it, its answer kept and timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from genderlens.service.history import History
from genderlens.service.middleware.auth import Principal
from genderlens.types import Prediction

T = TypeVar("T")


class Recorder:
    """Keeps the answers of one request; made when its pictures are read, it knows their time."""

    def __init__(self, history: History, principal: Principal) -> None:
        self._history, self._principal = history, principal
        self._started = time.perf_counter()

    async def keep(self, content: bytes, answer: Prediction) -> dict[str, Any]:
        """The ``id`` that an answer is kept under, as a field of it; none where it is not kept."""
        identity = await self._history.record(self._principal, content, answer, self._started)
        return {} if identity is None else {"id": identity}

    @property
    def timing(self) -> dict[str, str]:
        """The header that says how many milliseconds passed since the pictures were read."""
        return {"Server-Timing": f"answer;dur={1000 * (time.perf_counter() - self._started):.1f}"}


async def run_while_present(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of the work. Cancels it and raises ClientDisconnect where the client leaves.

    The body of the request must have been read: the next message then says that the client left.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
