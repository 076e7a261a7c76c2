"""Who gets a worker, and memory for pixels, next.

Clients take turns: whoever has the fewest pictures in work goes first, so that one client with many
pictures holds up the others for one turn and not for all of them. While others are about, no client
takes the last worker that is free beside its own. No picture starts before the memory that its
header asks for is free; smaller ones may go before it for a moment, then nobody may.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from genderlens.errors import OverloadedError
from genderlens.service.models.canary import CANARY

T = TypeVar("T")

OVERTAKEN_S: Final = 0.5
"""So long a picture that needs much memory lets others pass."""
ABOUT_S: Final = 2.0
"""So long a client counts as being about after it asked."""
_REMEMBERED: Final = 1000
"""Clients of whom it is known when they asked and had their turn."""


@dataclass(slots=True, eq=False)
class _Turn:
    """What one picture waits for, and then holds."""

    client: str
    cost_bytes: int
    workers: int
    since: float
    granted: asyncio.Future[None] = field(repr=False)


class Turns:
    """Hands out workers and memory; to be used in one event loop."""

    def __init__(
        self, workers: int, memory_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers, self._clock = workers, clock
        self.memory_bytes = memory_bytes
        self.free_workers, self.free_bytes = workers, memory_bytes
        self._waiting: dict[str, deque[_Turn]] = {}
        self._working: Counter[str] = Counter()
        self._about: OrderedDict[str, float] = OrderedDict()
        self._turn_numbers: OrderedDict[str, int] = OrderedDict()
        self._given = 0

    @property
    def waiting(self) -> int:
        """Pictures that wait for a worker or for memory."""
        return sum(map(len, self._waiting.values()))

    @property
    def used_bytes(self) -> int:
        """Memory that is set aside for pictures in work."""
        return self.memory_bytes - self.free_bytes

    async def take(self, client: str, cost_bytes: int, *, workers: int, wait_s: float) -> _Turn:
        """Wait for a turn, which ``give_back`` ends. TimeoutError after ``wait_s``.

        What costs more than all the memory there is must not be asked for.
        """
        granted = asyncio.get_running_loop().create_future()
        turn = _Turn(client, cost_bytes, workers, self._clock(), granted)
        if client != CANARY:
            self._note(client, turn.since)
        self._waiting.setdefault(client, deque()).append(turn)
        self._grant()
        if granted.done():
            return turn
        try:
            async with asyncio.timeout(wait_s):
                await granted
        except BaseException:
            self._abandon(turn)
            raise
        return turn

    def give_back(self, turn: _Turn) -> None:
        """End a turn: others may have what it held."""
        self.free_workers += turn.workers
        self.free_bytes += turn.cost_bytes
        self._working[turn.client] -= 1
        if not self._working[turn.client]:
            del self._working[turn.client]
        self._grant()

    def _abandon(self, turn: _Turn) -> None:
        if turn.granted.done() and not turn.granted.cancelled():
            self.give_back(turn)
            return
        queue = self._waiting.get(turn.client, deque())
        with suppress(ValueError):
            queue.remove(turn)
        if not queue:
            self._waiting.pop(turn.client, None)
        self._grant()

    def _note(self, client: str, at: float) -> None:
        self._about[client] = at
        self._about.move_to_end(client)
        if len(self._about) > _REMEMBERED:
            self._about.popitem(last=False)

    def _grant(self) -> None:
        while turn := self._next():
            self._waiting[turn.client].popleft()
            if not self._waiting[turn.client]:
                del self._waiting[turn.client]
            self._number_turn(turn.client)
            self.free_workers -= turn.workers
            self.free_bytes -= turn.cost_bytes
            self._working[turn.client] += 1
            turn.granted.set_result(None)

    def _number_turn(self, client: str) -> None:
        self._given += 1
        self._turn_numbers[client] = self._given
        self._turn_numbers.move_to_end(client)
        if len(self._turn_numbers) > _REMEMBERED:
            self._turn_numbers.popitem(last=False)

    def _next(self) -> _Turn | None:
        """The turn that may begin now."""
        if not self._waiting:
            return None
        at = self._clock()
        for client in sorted(self._waiting, key=self._rank):
            turn = self._waiting[client][0]
            if turn.workers and not self._may_work(client, at):
                continue
            if turn.cost_bytes <= self.free_bytes:
                return turn
            if at - turn.since > OVERTAKEN_S:
                return None
        return None

    def _rank(self, client: str) -> tuple[int, int]:
        """Whoever has the least in work goes first, of equals whose last turn is longest ago."""
        return self._working[client], self._turn_numbers.get(client, 0)

    def _may_work(self, client: str, at: float) -> bool:
        if self.free_workers > 1 or not self._working[client]:
            return self.free_workers > 0
        others = (seen for name, seen in reversed(self._about.items()) if name != client)
        return self.free_workers > 0 and at - next(others, float("-inf")) > ABOUT_S


class Workers:
    """Threads that work in turns."""

    def __init__(self, count: int, memory_bytes: int, wait_s: float) -> None:
        self.turns = Turns(count, memory_bytes)
        self._wait_s = wait_s
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="predict")

    async def run(self, client: str, cost_bytes: int, work: Callable[[], T]) -> T:
        """The result of the work in a thread that has this context.

        Whoever waits may be cancelled. What runs runs on, and holds its worker until it ends.
        """
        turn = await self._take(client, cost_bytes, workers=1)
        loop = asyncio.get_running_loop()
        future = self._pool.submit(copy_context().run, work)
        future.add_done_callback(partial(self._ended, loop, turn))
        return await asyncio.wrap_future(future)

    async def hold(self, client: str, cost_bytes: int) -> Callable[[], None]:
        """Set memory aside for work elsewhere; what is returned gives it back."""
        turn = await self._take(client, cost_bytes, workers=0)
        return partial(self.turns.give_back, turn)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _take(self, client: str, cost_bytes: int, *, workers: int) -> _Turn:
        asked = time.perf_counter()
        try:
            return await self.turns.take(client, cost_bytes, workers=workers, wait_s=self._wait_s)
        except TimeoutError:
            raise OverloadedError(
                f"the picture waited {time.perf_counter() - asked:.1f} s for a worker, the limit "
                f"is {self._wait_s:g} s; try again in a moment"
            ) from None

    def _ended(self, loop: asyncio.AbstractEventLoop, turn: _Turn, _: Future[T]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits for a turn any more
            loop.call_soon_threadsafe(self.turns.give_back, turn)
