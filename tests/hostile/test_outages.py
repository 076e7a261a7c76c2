"""70: PostgreSQL and Redis that die, freeze and come back while a service is asked all along."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from databases import Server, create_postgres_database, serve_postgres, serve_redis
from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.settings import load_settings
from service.processes import Service, serve
from service.serving import assert_problem, portrait_jpeg, wait_until

ANSWERED_S = 20.0
"""For whatever is asked: the question to the database has 15 s, and this machine is busy."""
NOTICED_S = 60.0
ALL_WELL = {"status": "healthy", "history": "healthy", "rate_limits": "healthy", "jobs": "healthy"}


@dataclass
class Traffic:
    """A client that asks for one picture after the other until it is stopped."""

    client: httpx.Client
    statuses: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def ask(self) -> None:
        start = time.monotonic()
        answer = self.client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
        self.slowest_s = max(self.slowest_s, time.monotonic() - start)
        self.statuses.append(answer.status_code)
        if identity := answer.json().get("id"):
            self.ids.append(identity)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        stop = threading.Event()

        def ask_on() -> None:
            while not stop.is_set():
                self.ask()
                stop.wait(0.3)

        thread = threading.Thread(target=ask_on)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@dataclass
class Scene:
    service: Service
    client: httpx.Client
    traffic: Traffic
    servers: dict[str, Server]

    def health(self) -> dict[str, Any]:
        answer = self.client.get("/health")
        assert answer.status_code == 200, answer.text
        return {name: value for name, value in answer.json().items() if name in ALL_WELL}

    def is_told(self, **faults: str) -> bool:
        return self.health() == ALL_WELL | faults


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with serve_postgres() as postgres, serve_redis() as redis:
        address = create_postgres_database(postgres.port)
        database = open_database(load_settings(database_url=address))
        scopes = frozenset({"predict", "train"})
        _, key = create_key(database, "traffic", scopes)
        database.close()
        settings = {
            "auth": "keys",
            "database_url": address,
            "rate_limit_url": f"redis://127.0.0.1:{redis.port}/0",
            "rate_limit": "100000/minute",
            "retrain_sources": '{"none": "/nowhere"}',
        }
        with (
            serve(**settings) as service,
            httpx.Client(
                base_url=service.url, headers={"X-API-Key": key}, timeout=3 * ANSWERED_S
            ) as client,
        ):
            servers = {"postgres": postgres, "redis": redis}
            yield Scene(service, client, Traffic(client), servers)


def _bounded(ask: Callable[[], httpx.Response]) -> httpx.Response:
    start = time.monotonic()
    answer = ask()
    assert time.monotonic() - start < ANSWERED_S
    return answer


@pytest.mark.parametrize("how", ["stopped", "frozen"])
@pytest.mark.parametrize(
    ("what", "faults"),
    [
        ("postgres", {"history": "degraded", "jobs": "degraded"}),
        ("redis", {"rate_limits": "degraded"}),
    ],
)
def test_a_server_that_goes_and_comes_back(
    scene: Scene, what: str, faults: dict[str, str], how: str
) -> None:
    server, traffic = scene.servers[what], scene.traffic
    wait_until(scene.is_told, NOTICED_S)
    leave, come_back = {
        "stopped": (server.stop, server.start),
        "frozen": (server.freeze, server.thaw),
    }[how]
    with traffic.going_on():
        leave()
        try:
            wait_until(lambda: scene.is_told(status="degraded", **faults), NOTICED_S)
            answered = len(traffic.statuses)
            question = _bounded(lambda: scene.client.get("/predictions"))
            jobs = _bounded(lambda: scene.client.get("/jobs"))
            if what == "postgres":
                assert_problem(question, 503, "database_unavailable")
                assert jobs.status_code == 503, jobs.text
            else:
                assert question.status_code == 200
                assert jobs.status_code == 200, jobs.text
            nobody = {"X-API-Key": "gl_" + "x" * 40}
            assert scene.client.get("/predictions", headers=nobody).status_code == 401
            assert scene.client.get("/health/ready").status_code == 200
            wait_until(lambda: len(traffic.statuses) > answered + 5, NOTICED_S)
        finally:
            come_back()
        wait_until(scene.is_told, NOTICED_S)
    assert set(traffic.statuses) == {200}
    assert traffic.slowest_s < ANSWERED_S
    wait_until(lambda: scene.client.get("/predictions").status_code == 200, NOTICED_S)
    for identity in traffic.ids:
        assert scene.client.get(f"/predictions/{identity}").status_code == 200
    assert scene.client.get("/jobs").json()["jobs"] == []


def test_the_end_comes_in_time_while_both_are_frozen(scene: Scene) -> None:
    wait_until(scene.is_told, NOTICED_S)
    for server in scene.servers.values():
        server.freeze()
    try:
        scene.traffic.ask()
        assert scene.traffic.statuses[-1] == 200
        _, seconds = scene.service.terminate()
        assert seconds < 25
    finally:
        for server in scene.servers.values():
            server.thaw()
