"""Hostile clients of the routes beside predictions; the numbers are those of the hostile inputs."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import Response
from starlette.testclient import TestClient

from genderlens.service.process import protocol
from hostile.pictures import create_picture, list_pictures
from hostile.test_http import bounded
from service.serving import (
    RawAnswer,
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    post_file,
    post_head,
    running_server,
    warm_client,
)


@pytest.mark.parametrize("name", list_pictures())
def test_hostile_pictures_are_explained_or_refused_as_they_are_predicted(
    client: TestClient, name: str
) -> None:
    content, _ = create_picture(name)
    upload = {"file": ("a.jpg", content)}
    predicted, explained = (client.post(p, files=upload) for p in ("/predict", "/explain"))
    assert explained.status_code == predicted.status_code
    if explained.status_code != 200:
        problem = assert_problem(explained, predicted.status_code, predicted.json()["code"])
        assert problem["outcome"] == predicted.json()["outcome"]
    else:
        assert explained.content.startswith(b"\x89PNG")


LARGE_BYTES = 2**27


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits half a second for a client to take what it is sent."""
    monkeypatch.setattr(protocol, "SEND_TIMEOUT_S", 0.5)
    app = fake_app(open_predictor())

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * LARGE_BYTES)

    with running_server(app) as port:
        yield port


_ASK = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_48_a_client_that_never_reads_is_cut_off(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient)) as deaf:
        deaf.sendall(_ASK.replace(b"/health", b"/large"))
        threading.Event().wait(2.0)
        assert _answer(impatient, _ASK).status_code == 200
        assert 0 < _drain(deaf) < LARGE_BYTES


def _answer(port: int, request: bytes) -> RawAnswer:
    with RawConnection(port) as connection:
        connection.socket.settimeout(60)
        connection.send(request)
        return connection.receive()


def _drain(connection: socket.socket) -> int:
    """The bytes that still come."""
    connection.settimeout(5)
    total = 0
    try:
        while chunk := connection.recv(2**20):
            total += len(chunk)
    except OSError:
        pass
    return total


def test_48_a_slow_reader_is_not(impatient: int) -> None:
    with RawConnection(impatient) as slow:
        slow.send(_ASK * 3)
        for _ in range(3):
            threading.Event().wait(0.3)
            assert slow.receive().status_code == 200


def test_64_copies_of_one_picture_at_a_time_give_one_answer(portrait: bytes, port: int) -> None:
    request = post_file("/predict", portrait)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: _answer(port, request), range(64)))
    documents = [answer.json() for answer in answers if answer.status_code == 200]
    assert documents
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
    for document in documents:
        document.pop("id")
    assert all(document == documents[0] for document in documents)


@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_host_spoofing_is_refused_before_the_body(port: int, path: str) -> None:
    head = post_head(path, "Content-Length: 15000000").replace(b"localhost", b"evil.example")
    with RawConnection(port) as connection, bounded():
        connection.send(head)
        assert_problem(connection.receive(), 421, "unknown_host")
        assert connection.is_closed()


def test_a_full_disk_costs_no_prediction(
    tmp_path: Path, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("genderlens.history.pool.write_bytes_atomically", fail)
    with warm_client(fake_app(open_predictor(), samples=str(tmp_path / "pool"))) as client:
        parts: dict[str, Any] = {"data": {"label": "male"}, "files": {"file": ("a", portrait)}}
        problem = assert_problem(client.post("/samples", **parts), 422, "invalid_data")
        assert "No space left" in problem["detail"]
        assert client.get("/samples").json()["count"] == 0
        assert client.post("/predict", files={"file": ("a.jpg", b"a")}).status_code == 200


@pytest.mark.parametrize(
    "versions",
    ["' OR '1'='1", "../../etc/passwd", "a\0b", "%", ",".join(["x" * 9] * 99), "=cmd()", "\u202ea"],
)
def test_names_of_versions_are_only_names(client: TestClient, versions: str) -> None:
    answer = client.get("/models/compare", params={"versions": versions})
    assert_problem(answer, 404, "version_not_found")


@pytest.mark.parametrize("name", ["%2e%2e%2fqueue.db", "x" * 3000, "job:1", "*"])
def test_names_of_jobs_are_only_names(client: TestClient, name: str) -> None:
    for path in (f"/jobs/{name}", f"/jobs/{name}/log"):
        assert client.get(path).status_code == 404
