"""69: what hangs, a bucket, a database or a model, holds up itself and never the end."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from forks import script
from genderlens.service.process.stopping import DEADLINE_S, STUCK_EXIT_CODE
from service.processes import Service, serve
from service.serving import portrait_jpeg, post_file

STUCK = Path(__file__).with_name("stuck.py")
SIGTERM_S = 25.0


@contextmanager
def _stuck(
    what: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object
) -> Iterator[tuple[Service, Path]]:
    when = folder / "stuck"
    monkeypatch.setenv("STUCK_WHEN", str(when))
    with serve(start=script(STUCK, what, "serve"), **settings) as service:
        yield service, when


def _predict(service: Service, portrait: bytes, timeout_s: float = 30.0) -> httpx.Response:
    files = {"file": ("a.jpg", portrait)}
    return httpx.post(f"{service.url}/predict", files=files, timeout=timeout_s)


def _swallow(call: object) -> object:
    try:
        return call()  # type: ignore[operator]
    except httpx.TransportError as error:
        return error


def test_42_questions_to_a_hung_registry_take_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portrait = portrait_jpeg()
    registry = tmp_path / "registry"
    with (
        _stuck("registry", tmp_path, monkeypatch, registry=registry) as (service, when),
        ThreadPoolExecutor(60) as pool,
    ):
        known = httpx.get(f"{service.url}/models", timeout=30)
        assert (known.status_code, known.json()["stale"]) == (200, False)
        when.touch()
        asked = [pool.submit(httpx.get, f"{service.url}/models", timeout=60) for _ in range(42)] + [
            pool.submit(httpx.get, f"{service.url}/models/compare?versions=candidate", timeout=60)
            for _ in range(42)
        ]
        time.sleep(0.5)
        encoded = {"image": base64.b64encode(portrait).decode()}
        answer = httpx.post(f"{service.url}/predict", json=encoded, timeout=20)
        assert answer.json()["prediction"] == "female"
        assert service.status_of("/app/") in {200, 404}  # 404 where the page was not built
        assert service.status_of("/health/ready") == 200
        answers = [one.result() for one in asked]
        stale = [one.json() for one in answers[:42]]
        assert all(one["stale"] and one["serving"] == known.json()["serving"] for one in stale)
        codes = {(one.status_code, one.json()["code"]) for one in answers[42:]}
        assert codes <= {(503, "store_timeout"), (503, "overloaded")}
        assert _predict(service, portrait).status_code == 200
        code, seconds = service.terminate()
        assert seconds < SIGTERM_S
        assert code == STUCK_EXIT_CODE


def test_a_hung_database_neither_stops_predictions_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portrait = portrait_jpeg()
    with _stuck("database", tmp_path, monkeypatch) as (service, when):
        when.touch()
        assert all(_predict(service, portrait).status_code == 200 for _ in range(3))
        answer = httpx.get(f"{service.url}/predictions", timeout=60)
        assert answer.status_code == 503
        assert service.status_of("/health/ready") == 200
        _, seconds = service.terminate()
        assert seconds < SIGTERM_S


def test_a_model_that_hangs_is_no_longer_ready_and_ends_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portrait = portrait_jpeg()
    with (
        _stuck("model", tmp_path, monkeypatch, workers=1, deadline_s=2) as (service, when),
        ThreadPoolExecutor(2) as pool,
    ):
        when.touch()
        hung = pool.submit(_swallow, lambda: _predict(service, portrait, 90))
        time.sleep(1.0)
        late = _predict(service, portrait)
        assert (late.status_code, late.json()["code"]) == (503, "overloaded")
        assert "Retry-After" in late.headers
        end = time.monotonic() + 90
        while service.status_of("/health/ready") == 200:
            assert time.monotonic() < end
            time.sleep(1)
        document = httpx.get(f"{service.url}/v2/health/ready").json()
        assert document["code"] == "not_ready"
        assert service.status_of("/health/live") == 200
        code, seconds = service.terminate()
        assert (code, seconds < SIGTERM_S) == (STUCK_EXIT_CODE, True)
        hung.result()


def test_a_client_that_never_reads_does_not_keep_the_service_alive(tmp_path: Path) -> None:
    with serve() as service, socket.create_connection(("127.0.0.1", service.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = post_file("/predict", portrait_jpeg())
        client.sendall(request[:-5])
        time.sleep(0.5)
        code, seconds = service.terminate()
        assert code == 0
        assert seconds < DEADLINE_S
