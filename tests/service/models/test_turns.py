from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from genderlens.errors import OverloadedError
from genderlens.service.models.turns import ABOUT_S, OVERTAKEN_S, Turns, Workers
from service.serving import wait_until


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class _Scene:
    """Pictures that wait and begin, by name, in the order in which they began."""

    def __init__(self, workers: int = 1, memory_bytes: int = 100) -> None:
        self.clock = _Clock()
        self.turns = Turns(workers, memory_bytes, self.clock)
        self.begun: list[str] = []
        self._held: dict[str, Any] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def ask(self, name: str, cost_bytes: int = 1, *, wait_s: float = 10.0) -> None:
        """The client is the first letter."""

        async def take() -> None:
            self._held[name] = await self.turns.take(name[0], cost_bytes, workers=1, wait_s=wait_s)
            self.begun.append(name)

        self._tasks.append(asyncio.create_task(take()))
        await self.settle()

    async def end(self, name: str) -> None:
        self.turns.give_back(self._held.pop(name))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


def _play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_clients_take_turns_however_much_one_asks() -> None:
    async def play() -> None:
        scene = _Scene()
        for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
            await scene.ask(name)
        for name in ("a1", "b1", "c1", "a2", "b2"):
            assert scene.begun[-1] == name, scene.begun
            await scene.end(name)
        assert scene.begun[-1] == "a3"

    _play(play())


def test_nobody_takes_the_last_worker_while_another_is_about() -> None:
    async def play() -> None:
        scene = _Scene(workers=2)
        await scene.ask("b1")
        await scene.end("b1")
        for name in ("a1", "a2"):
            await scene.ask(name)
        assert scene.begun == ["b1", "a1"]
        await scene.ask("b2")
        assert scene.begun[-1] == "b2"
        await scene.end("b2")
        await scene.end("a1")
        assert scene.begun[-1] == "a2"

    _play(play())


def test_alone_a_client_has_all_workers() -> None:
    async def play() -> None:
        scene = _Scene(workers=2)
        await scene.ask("b1")
        await scene.end("b1")
        scene.clock.now += ABOUT_S + 0.1
        for name in ("a1", "a2", "a3"):
            await scene.ask(name)
        assert scene.begun == ["b1", "a1", "a2"]

    _play(play())


def test_memory_is_never_given_twice_and_small_ones_pass_for_a_moment_only() -> None:
    async def play() -> None:
        scene = _Scene(workers=4)
        await scene.ask("a1", 60)
        await scene.ask("b1", 60)
        await scene.ask("c1", 30)
        assert scene.begun == ["a1", "c1"]
        assert scene.turns.used_bytes == 90
        await scene.end("c1")
        scene.clock.now += OVERTAKEN_S + 0.1
        await scene.ask("d1", 30)
        assert scene.begun == ["a1", "c1"]
        await scene.end("a1")
        assert scene.begun == ["a1", "c1", "b1", "d1"]

    _play(play())


def test_who_waits_too_long_or_leaves_holds_nothing() -> None:
    async def play() -> None:
        scene = _Scene()
        await scene.ask("a1")
        with pytest.raises(TimeoutError):
            await scene.turns.take("b", 1, workers=1, wait_s=0.01)
        leaving = asyncio.create_task(scene.turns.take("c", 1, workers=1, wait_s=9))
        await scene.settle()
        leaving.cancel()
        await scene.settle()
        assert scene.turns.waiting == 0
        await scene.end("a1")
        assert (scene.turns.free_workers, scene.turns.free_bytes) == (1, 100)

    _play(play())


def test_who_leaves_in_the_moment_of_the_grant_gives_it_back() -> None:
    async def play() -> None:
        scene = _Scene()
        await scene.ask("a1")
        leaving = asyncio.create_task(scene.turns.take("b", 1, workers=1, wait_s=9))
        await scene.settle()
        scene.turns.give_back(scene._held.pop("a1"))
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (scene.turns.free_workers, scene.turns.free_bytes) == (1, 100)

    _play(play())


def test_a_worker_whose_client_left_is_busy_until_its_thread_ends() -> None:
    async def play() -> None:
        workers = Workers(1, 100, wait_s=0.05)
        entered, gate = threading.Event(), threading.Event()

        def work() -> None:
            entered.set()
            assert gate.wait(10)

        running = asyncio.create_task(workers.run("a", 80, work))
        await asyncio.to_thread(entered.wait, 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert workers.turns.used_bytes == 80
        with pytest.raises(OverloadedError, match=r"waited .* s for a worker, the limit is 0\.05"):
            await workers.run("b", 1, lambda: None)
        gate.set()
        await asyncio.to_thread(wait_until, lambda: workers.turns.free_workers == 1)
        assert await workers.run("b", 100, lambda: 7) == 7
        workers.stop()

    _play(play())


def test_memory_may_be_held_without_a_worker() -> None:
    async def play() -> None:
        workers = Workers(1, 100, wait_s=0.05)
        give_back = await workers.hold("a", 70)
        assert await workers.run("b", 30, lambda: 1) == 1
        with pytest.raises(OverloadedError):
            await workers.run("b", 31, lambda: 1)
        give_back()
        assert await workers.run("b", 100, lambda: 1) == 1
        workers.stop()

    _play(play())
