"""Threads for what waits for others, a few for each concern, and a bound on what waits for them.

One pool for everything lets a bucket that hangs take what JSON and the page need. Here whatever
hangs keeps its own few threads busy, and whoever asks for it is told so in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

from prometheus_client import Gauge

from genderlens.errors import OverloadedError, StoreTimeoutError

T = TypeVar("T")

MAX_WAITING: Final = 32


class Threads:
    """A few threads under a name that messages and metrics call them."""

    def __init__(
        self,
        count: int,
        name: str,
        *,
        limit_s: float | None = None,
        max_waiting: int | None = None,
        waiting: Gauge | None = None,
    ) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._name, self._limit_s, self._max_waiting = name, limit_s, max_waiting
        self._waiting = 0
        if waiting is not None:
            waiting.labels(name).set_function(lambda: float(self._waiting))

    async def run(self, work: Callable[[], T], limit_s: float | None = None) -> T:
        """The result of the work, within ``limit_s`` or else the limit of all work here.

        Raises OverloadedError where much is waiting already, and StoreTimeoutError where it takes
        too long: the thread is busy until it ends all the same, and counts as waiting.
        """
        if self._waiting >= (self._max_waiting or MAX_WAITING):
            raise OverloadedError(f"too much waits for the {self._name}; try again in a moment")
        self._waiting += 1
        loop, limit_s = asyncio.get_running_loop(), limit_s or self._limit_s
        future = loop.run_in_executor(self._pool, copy_context().run, work)
        future.add_done_callback(self._ended)
        done, _ = await asyncio.wait({future}, timeout=limit_s)
        if not done:
            raise StoreTimeoutError(
                f"the {self._name} did not answer within {limit_s:g} s; try again in a moment"
            )
        return future.result()

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ended(self, future: asyncio.Future[T]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # looked at, since nobody may wait for it any more
