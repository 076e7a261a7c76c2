"""A service without keys is open to its own machine, and to nobody whom a proxy lets in."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers

from genderlens.errors import ForwardedError
from genderlens.service.middleware.auth import needs_keys
from genderlens.service.middleware.open_service import OpenService
from genderlens.service.middleware.proxies import TRUSTED
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
    warm_client,
)

ADDED = [
    ("Forwarded", "for=192.0.2.1"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "localhost"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Prefix", "/gl"),
    ("X-Forwarded-Port", "443"),
    ("X-Forwarded-Server", "x"),
    ("X-Real-IP", "192.0.2.1"),
    ("Via", "1.1 proxy"),
    ("via", ""),
]


def lets_in(
    *headers: tuple[str, str], server: Any = ("127.0.0.1", 8000), path: str = "/x", **more: Any
) -> bool:
    state = {TRUSTED: True} if more.pop("trusted", False) else {}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "path": path, "server": server, "headers": raw, "state": state}
    try:
        OpenService(load_settings(**more)).require_direct(scope, Headers(raw=raw))
    except ForwardedError as error:
        return "GENDERLENS_AUTH=keys" not in error.message
    return True


@pytest.mark.parametrize("header", ADDED)
def test_what_a_proxy_passed_on_is_refused(header: tuple[str, str]) -> None:
    assert not lets_in(header)
    assert not lets_in(header, auth="open")
    assert not lets_in(header, auth="open", host="0.0.0.0")
    assert not lets_in(header, trusted=False, trusted_proxies="10.0.0.1", auth="open")
    assert lets_in(header, trusted=True, trusted_proxies="127.0.0.1", auth="open")
    assert lets_in(header, path="/health")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (("127.0.0.1", 1), True),
        (("::1", 1), True),
        (("localhost", 1), True),
        (None, True),
        (("192.0.2.1", 1), False),
        (("0.0.0.0", 1), False),
        (("/run/genderlens.sock", None), False),
    ],
)
def test_another_address_than_the_settings_say(server: Any, *, expected: bool) -> None:
    assert lets_in(server=server) is expected
    assert lets_in(server=server, auth="open")
    assert lets_in(server=server, path="/health/ready")


def test_a_trusted_proxy_means_keys_unless_told() -> None:
    assert needs_keys(load_settings(trusted_proxies="127.0.0.1"))
    assert needs_keys(load_settings(trusted_proxies="127.0.0.1", auth="keys"))
    assert not needs_keys(load_settings(trusted_proxies="127.0.0.1", auth="open"))


@pytest.mark.parametrize(("name", "value"), ADDED)
def test_over_http(name: str, value: str) -> None:
    with warm_client(fake_app(open_predictor(), allowed_hosts="app.example.org,*")) as client:
        for headers in ({name: value}, {name: value, "Host": "localhost:8000"}):
            for method, path in (
                ("GET", "/"),
                ("GET", "/models"),
                ("GET", "/metrics"),
                ("POST", "/models/rollback"),
                ("POST", "/predict"),
                ("DELETE", "/predictions"),
                ("GET", "/app/"),
                ("GET", "/docs"),
                ("GET", "/nowhere"),
            ):
                answer = client.request(method, path, headers=headers, follow_redirects=False)
                problem = assert_problem(answer, 403, "forwarded")
                assert "GENDERLENS_AUTH=keys" in problem["detail"]
            assert client.get("/health", headers=headers).status_code == 200
        other = client.get("/models", headers={"Host": "app.example.org"})
        problem = assert_problem(other, 421, "unknown_host")
        assert "GENDERLENS_AUTH=keys" in problem["detail"]


def test_with_keys_a_proxy_may_pass_on() -> None:
    with callers("predict", allowed_hosts="app.example.org") as (caller,):
        for name, value in ADDED:
            headers = {name: value, "Host": "app.example.org"}
            assert caller.ask("GET", "/predictions", headers=headers).status_code == 200


def test_an_upload_is_refused_before_it_is_read() -> None:
    with running_server(fake_app(open_predictor())) as port, RawConnection(port) as connection:
        head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 x\r\n"
        connection.send(f"{head}Content-Length: 15000000\r\n\r\n".encode())
        assert_problem(connection.receive(), 403, "forwarded")
        assert connection.is_closed()
