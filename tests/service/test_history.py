from __future__ import annotations

import hashlib
import threading
import time
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from genderlens.errors import OverloadedError
from genderlens.history.database import Database
from genderlens.history.database import database_url as database_address
from genderlens.service.history import History
from genderlens.service.process import threads
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings
from service.keyed import unreachable_database
from service.serving import assert_problem, fake_app, open_predictor, wait_until, warm_client


def predict(client: TestClient, content: bytes = b"a") -> Any:
    return client.post("/predict", files={"file": ("a.jpg", content)})


def metric(client: TestClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def test_what_is_answered_is_remembered_at_once(database_url: str) -> None:
    with warm_client(fake_app(open_predictor(), database_url=database_url)) as client:
        document = predict(client).json()
        remembered = client.get(f"/predictions/{document['id']}").json()
        assert {key: remembered[key] for key in ("prediction", "faces", "model_version")} == {
            key: document[key] for key in ("prediction", "faces", "model_version")
        }
        assert metric(client, "genderlens_history_up") == 1
        assert metric(client, "genderlens_history_dropped_rows_total") == 0


def test_nothing_is_kept_where_the_history_is_off() -> None:
    with warm_client(fake_app(open_predictor(), history="off")) as client:
        assert "id" not in predict(client).json()
        assert_problem(client.get("/predictions"), 403, "turned_off")
        assert client.get("/health").json()["history"] == "off"
        settings = client.app.state.settings  # type: ignore[attr-defined]
        assert not settings.state_dir.exists()


def test_without_its_database_the_service_answers_and_says_so() -> None:
    settings = {"database_url": unreachable_database(), "history_queue": 5}
    with warm_client(fake_app(open_predictor(), **settings)) as client:
        wait_until(lambda: client.get("/health").json()["status"] == "degraded")
        start = time.perf_counter()
        answers = [predict(client) for _ in range(20)]
        assert time.perf_counter() - start < 2.0
        assert [answer.status_code for answer in answers] == [200] * 20
        assert sum("id" in answer.json() for answer in answers) == 5
        assert metric(client, "genderlens_history_dropped_rows_total") == 15
        assert metric(client, "genderlens_history_pending_rows") == 5
        assert metric(client, "genderlens_history_up") == 0
        asked = time.perf_counter()
        answer = client.get("/predictions")
        assert time.perf_counter() - asked < 1.0
        assert_problem(answer, 503, "database_unavailable")
        assert "retry-after" in answer.headers
        assert "verysecret" not in answer.text


def test_a_database_that_hangs_holds_up_nobody_but_those_who_ask_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "MAX_WAITING", 2)
    release = threading.Event()

    def hang(_: Database) -> None:
        assert release.wait(10)

    async def run() -> None:
        settings = load_settings()
        database = Database(database_address(settings))
        history = History(settings, database, Metrics())
        history.start()
        async with anyio.create_task_group() as group:
            group.start_soon(history.ask, hang)
            group.start_soon(history.ask, hang)
            await anyio.sleep(0.05)
            with pytest.raises(OverloadedError):
                await history.ask(hang)
            release.set()
        history.stop()
        database.close()

    anyio.run(run)


def test_large_pictures_are_hashed_like_small_ones() -> None:
    content = b"x" * 1_000_000
    with warm_client(fake_app(open_predictor())) as client:
        first, second = (predict(client, content).json()["id"] for _ in range(2))
        hashes = {client.get(f"/predictions/{one}").json()["sha256"] for one in (first, second)}
    assert hashes == {hashlib.sha256(content).hexdigest()}
