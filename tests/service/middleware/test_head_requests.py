"""HEAD tells what GET would, without its body."""

from __future__ import annotations

from typing import Any

import pytest

from service.keyed import callers
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
    warm_client,
)

APP = fake_app(open_predictor())
PATHS = [
    path.replace("{", "").replace("}", "")
    for path, methods in APP.openapi()["paths"].items()
    if "get" in methods
]


@pytest.mark.parametrize("path", [*PATHS, "/docs", "/redoc", "/openapi.json", "/app/", "/app"])
def test_every_get_has_its_head(path: str) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        got = client.get(path, follow_redirects=False)
        head = client.head(path, follow_redirects=False)
    assert head.status_code == got.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "content-security-policy", "location"):
        if path != "/metrics" or name != "content-length":
            assert _of(head, name) == _of(got, name), name


def _of(answer: Any, name: str) -> str | None:
    value: str | None = answer.headers.get(name)
    # Request ids in problem documents have one length.
    return value


def test_what_takes_no_get_takes_no_head() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        for path in ("/predict", "/retrain", "/models/rollback"):
            assert client.head(path).status_code == 405


def test_keys_are_asked_for_all_the_same() -> None:
    with callers("predict", "metrics") as (predict, metrics):
        assert predict.client.head("/metrics").status_code == 401
        assert predict.ask("HEAD", "/metrics").status_code == 403
        assert metrics.ask("HEAD", "/metrics").status_code == 200
        told = metrics.ask("GET", "/metrics").text
    assert 'method="HEAD",route="/metrics",status="200"' in told


def test_the_connection_goes_on_behind_it() -> None:
    with running_server(fake_app(open_predictor())) as port, RawConnection(port) as connection:
        for path in ("/health", "/models", "/openapi.json", "/docs"):
            connection.send(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.receive_head().status_code == 200
            connection.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.receive().json()["status"] == "healthy"
        connection.send(b"HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.receive_head().status_code == 404
        connection.send(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert_problem(connection.receive(), 404, "not_found")
