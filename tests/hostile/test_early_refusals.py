"""Clients that send everything before they read: an early refusal must reach them all the same."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests

from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.service.middleware import linger
from genderlens.service.middleware.linger import LingeringTransport
from genderlens.settings import load_settings
from service.serving import (
    MULTIPART,
    FakePredictor,
    RawConnection,
    assert_problem,
    fake_app,
    file_part,
    multipart,
    open_predictor,
    post_file,
    post_head,
    running_server,
    wait_until,
)

LARGE = bytes(60_000_000)
TYPE = {"Content-Type": "multipart/form-data; boundary=b"}
ONE = multipart(file_part("file", "a.jpg", LARGE))
MANY = multipart(*(file_part("files", f"{number}.jpg", bytes(20_000)) for number in range(2000)))


@pytest.fixture(scope="module")
def open_port() -> Iterator[int]:
    with running_server(fake_app(open_predictor())) as port:
        yield port


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """A server that asks for keys, and one whose single request a day is spent."""
    state = tmp_path_factory.mktemp("state")
    database = open_database(load_settings(state_dir=state))
    _, key = create_key(database, "spent", frozenset({"predict"}), rate_limit="1/day")
    database.close()
    with running_server(fake_app(open_predictor(), auth="keys", state_dir=state)) as port:
        spent = requests.get(_url(port, "/predictions"), headers={"X-API-Key": key}, timeout=30)
        assert spent.status_code == 200
        yield port, key


@pytest.fixture(scope="module")
def full_port() -> Iterator[int]:
    """A server with no place left in its queue."""
    predictor = FakePredictor()
    app = fake_app(predictor, workers=1, max_queue=1)
    with running_server(app) as port, RawConnection(port) as first:
        first.send(post_file("/predict", b"first"))
        assert predictor.entered.wait(10)
        yield port
        predictor.gate.set()
        assert first.receive().status_code == 200


def _url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path}"


def _by_requests(port: int, path: str, body: bytes, **headers: str) -> Any:
    return requests.post(_url(port, path), data=body, headers=TYPE | headers, timeout=60)


def _by_urllib(port: int, path: str, body: bytes) -> tuple[int, str]:
    asked = urllib.request.Request(_url(port, path), body, TYPE)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=60)
    with caught.value as error:
        return error.code, error.headers["Content-Type"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/predict", ONE, "body_too_large"),
        ("/predict-file", ONE, "body_too_large"),
        ("/nowhere", ONE, "body_too_large"),
        ("/predict-batch", MANY, "too_many_files"),
    ],
)
def test_413_arrives(open_port: int, path: str, body: bytes, code: str) -> None:
    for _ in range(3):
        assert_problem(_by_requests(open_port, path, body), 413, code)
        assert _by_urllib(open_port, path, body) == (413, "application/problem+json")


def test_413_arrives_of_a_body_in_chunks(open_port: int) -> None:
    parts = (ONE[start : start + 1_000_000] for start in range(0, len(ONE), 1_000_000))
    answer = requests.post(_url(open_port, "/predict"), data=parts, headers=TYPE, timeout=60)
    assert_problem(answer, 413, "body_too_large")


def test_400_arrives(open_port: int) -> None:
    broken = b"no boundary" + LARGE[:15_000_000]
    assert_problem(_by_requests(open_port, "/predict", broken), 400, "malformed_request")
    missing = multipart(file_part("other", "a.jpg", b"x"), file_part("file", "a", b"x")) + LARGE
    answer = _by_requests(open_port, "/predict-batch", missing)
    assert answer.status_code in {400, 413}
    odd = _by_requests(open_port, "/predict%0A", ONE)
    assert_problem(odd, 400, "malformed_request")


def test_401_and_429_arrive(keyed: tuple[int, str]) -> None:
    port, key = keyed
    for _ in range(3):
        assert_problem(_by_requests(port, "/predict", ONE), 401, "invalid_key")
        assert _by_urllib(port, "/predict-batch", MANY)[0] == 401
        answer = _by_requests(port, "/predict", ONE, **{"X-API-Key": key})
        assert_problem(answer, 429, "rate_limited")


def test_503_arrives(full_port: int) -> None:
    fits = multipart(file_part("file", "a.jpg", LARGE[:15_000_000]))
    for path, body in (("/predict", fits), ("/predict-batch", ONE)):
        assert_problem(_by_requests(full_port, path, body), 503, "overloaded")
        assert _by_urllib(full_port, path, body)[0] == 503


def test_what_the_parser_refuses_arrives(open_port: int) -> None:
    head = post_head("/predict", MULTIPART, f"Content-Length: {len(ONE)}", "Content-Length: 5")
    with RawConnection(open_port) as connection:
        connection.socket.settimeout(60)
        connection.send(head + ONE)
        assert_problem(connection.receive(), 400, "malformed_request")
        assert connection.is_closed()


def test_the_connection_is_gone_once_the_client_is_done(open_port: int) -> None:
    assert_problem(_by_requests(open_port, "/predict", ONE), 413, "body_too_large")
    wait_until(lambda: LingeringTransport.lingering == 0)


def test_more_than_the_bound_is_not_taken(open_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linger, "MAX_BYTES", 1_000_000)
    assert _sent_after_refusal(open_port, 60_000_000) < 60_000_000
    wait_until(lambda: LingeringTransport.lingering == 0)


def test_a_client_that_falls_silent_is_cut_off(
    open_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linger, "QUIET_S", 0.5)
    with RawConnection(open_port) as connection:
        connection.send(post_head("/predict", MULTIPART, "Content-Length: 30000000"))
        assert_problem(connection.receive(), 413, "body_too_large")
        assert connection.is_closed()
        wait_until(lambda: LingeringTransport.lingering == 0)


def test_a_client_that_never_ends_is_cut_off(
    open_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linger, "MAX_S", 1.0)
    with RawConnection(open_port) as connection:
        connection.send(post_head("/predict", MULTIPART, "Content-Length: 30000000"))
        assert_problem(connection.receive(), 413, "body_too_large")
        deadline = time.monotonic() + 15.0
        with suppress(OSError):
            while time.monotonic() < deadline:
                connection.send(b"x")
                time.sleep(0.05)
        assert time.monotonic() < deadline
    assert LingeringTransport.lingering == 0


def test_only_so_many_are_waited_for(open_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linger, "AT_A_TIME", 2)
    refused = post_head("/predict", MULTIPART, "Content-Length: 30000000")
    waiting = [RawConnection(open_port) for _ in range(3)]
    try:
        for connection in waiting:
            connection.send(refused)
            assert_problem(connection.receive(), 413, "body_too_large")
        assert LingeringTransport.lingering == 2
    finally:
        for connection in waiting:
            connection.close()
    wait_until(lambda: LingeringTransport.lingering == 0)


def test_a_server_that_stops_waits_for_none_of_them() -> None:
    with running_server(fake_app(open_predictor())) as port:
        connection = RawConnection(port)
        connection.send(post_head("/predict", MULTIPART, "Content-Length: 30000000"))
        assert_problem(connection.receive(), 413, "body_too_large")
        start = time.monotonic()
    assert time.monotonic() - start < 4.0
    connection.close()


def _sent_after_refusal(port: int, count: int) -> int:
    sent = 0
    with RawConnection(port) as connection:
        connection.send(post_head("/predict", MULTIPART, f"Content-Length: {count}"))
        assert connection.receive().status_code == 413
        connection.socket.settimeout(5.0)
        with suppress(OSError):
            while sent < count:
                sent += connection.socket.send(LARGE[:65_536])
    return sent
