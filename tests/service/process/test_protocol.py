"""Slow and idle connections; what is not HTTP is tried in tests/hostile."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from genderlens.service.process import protocol
from service.serving import RawConnection, fake_app, open_predictor, post_file, running_server


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(protocol, "HEADER_TIMEOUT_S", 0.3)
    with running_server(fake_app(open_predictor())) as port:
        yield port


@pytest.mark.parametrize("begin", [b"", b"POST /pre", b"GET / HTTP/1.1\r\nHost: test\r\nX-A"])
def test_headers_that_never_end(port: int, begin: bytes) -> None:
    with RawConnection(port) as connection:
        start = time.monotonic()
        connection.send(begin)
        assert connection.is_closed()
        assert 0.2 < time.monotonic() - start < 2.0


def test_headers_that_drip(port: int) -> None:
    def drip(connection: RawConnection) -> None:
        connection.send(b"GET / HTTP/1.1\r\n")
        for _ in range(40):
            connection.send(b"X-A: b\r\n")
            time.sleep(0.05)

    with RawConnection(port) as connection, pytest.raises(ConnectionError):
        drip(connection)


def test_a_slow_second_request_on_a_connection(port: int) -> None:
    with RawConnection(port) as connection:
        connection.send(post_file("/predict", b"x"))
        assert connection.receive().status_code == 200
        connection.send(b"POST /predict HTTP/1.1\r\n")
        assert connection.is_closed()


def test_a_body_may_take_longer_than_headers(port: int) -> None:
    request = post_file("/predict", b"x" * 100)
    with RawConnection(port) as connection:
        connection.send(request[:-50])
        time.sleep(0.6)
        connection.send(request[-50:])
        assert connection.receive().status_code == 200
        time.sleep(0.6)
        connection.send(request)
        assert connection.receive().status_code == 200
