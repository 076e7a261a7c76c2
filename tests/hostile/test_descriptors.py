"""76 and 77: more connections than the process has descriptors for, and many that do nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx

from forks import command
from service.processes import Service, serve
from service.serving import portrait_jpeg

FEW = 100
_WITH_FEW = (
    f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW}, {FEW})); "
    "from genderlens.cli import main; main()"
)
RECOVERED_S = 60.0


@contextmanager
def _idle_connections(service: Service, count: int, said: bytes) -> Iterator[None]:
    """Connections that say so much of a request and no more, as many as the system takes."""
    with ExitStack() as open_ones:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
            open_ones.enter_context(connection)
            connection.sendall(said)
        yield


def _within(limit_s: float, ask: Callable[[], int]) -> bool:
    """Whether 200 is answered in time; refused and reset connections are tried again."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            if ask() == 200:
                return True
        except OSError:
            pass
        time.sleep(0.5)
    return False


def _predict(service: Service, portrait: bytes) -> httpx.Response:
    files = {"file": ("a.jpg", portrait)}
    return httpx.post(f"{service.url}/predict", files=files, timeout=30)


def test_a_service_without_descriptors_answers_again_once_it_has_some() -> None:
    portrait = portrait_jpeg()
    with serve(start=command("python", "-c", _WITH_FEW, "serve")) as service:
        with _idle_connections(service, 2 * FEW, b""):
            time.sleep(2.0)
            assert service.process.poll() is None
        assert _within(RECOVERED_S, lambda: service.status_of("/health/ready", 5.0))
        assert _predict(service, portrait).json()["prediction"] == "female"
        assert service.terminate()[0] == 0


def test_1000_idle_and_slow_clients_hold_up_nobody() -> None:
    portrait = portrait_jpeg()
    half_a_head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    with (
        serve() as service,
        _idle_connections(service, 500, b""),
        _idle_connections(service, 500, half_a_head),
    ):
        assert service.status_of("/health/ready", 30.0) == 200
        assert _predict(service, portrait).json()["prediction"] == "female"
