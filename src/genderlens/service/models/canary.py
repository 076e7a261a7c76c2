"""A picture of our own, sent through the whole pipeline every few seconds.

A service whose workers hang looks alive: it accepts connections and refuses politely. It is ready
only while the canary was answered lately.
"""

from __future__ import annotations

import asyncio
import io
import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Final, NoReturn

CANARY: Final = "canary"
"""The client that it counts as."""
EVERY_S: Final = 10.0
STALE_S: Final = 45.0
"""So long after its last answer the service is no longer ready."""
_SIDE_PX: Final = 320
_log = logging.getLogger(__name__)


class Canary:
    """Asks ``answer`` again and again; ``is_alive`` tells whether it answered lately."""

    def __init__(
        self, answer: Callable[[], Awaitable[None]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._answer, self._clock = answer, clock
        self._answered: float | None = None
        self._healthy = True

    @property
    def age_s(self) -> float:
        """Seconds since the last answer; 0 before the first was asked for."""
        return 0.0 if self._answered is None else self._clock() - self._answered

    @property
    def is_alive(self) -> bool:
        """Whether it was answered lately, or was not asked for yet."""
        return self.age_s <= STALE_S

    def begin(self) -> None:
        """The models are warm, which counts as an answer."""
        self._answered = self._clock()

    async def ask_forever(self) -> NoReturn:
        """Ask until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.ask()

    async def ask(self) -> None:
        """Ask once. A failure is told in the log, and shows in the age."""
        if self._answered is None:
            return
        try:
            await asyncio.wait_for(self._answer(), STALE_S)
        except Exception as error:  # whatever a model, a thread or a queue may raise
            if self._healthy:
                _log.error("the canary picture was not answered: %r", error)
            self._healthy = False
            return
        if not self._healthy:
            _log.warning("the canary picture is answered again")
        self._healthy, self._answered = True, self._clock()


@cache
def canary_picture() -> bytes:
    """A small JPEG without anybody in it."""
    from PIL import Image

    stream = io.BytesIO()
    Image.linear_gradient("L").resize((_SIDE_PX, _SIDE_PX)).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()
