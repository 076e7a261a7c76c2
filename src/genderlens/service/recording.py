"""One request's way into the history."""

from __future__ import annotations

import time
from typing import Any

from genderlens.service.history import History
from genderlens.service.middleware.auth import Principal
from genderlens.types import Prediction


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
