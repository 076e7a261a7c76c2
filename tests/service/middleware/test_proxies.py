"""Whom the service believes about who asked and under which prefix."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers

from genderlens.errors import SettingsError
from genderlens.service.middleware.proxies import Proxies, checked_root_path, is_prefix
from genderlens.settings import load_settings
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
)

TRUSTED = "10.0.0.0/8, 127.0.0.1,2001:db8::/32"


def client_of(peer: str, *forwarded: str) -> str:
    raw = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Proxies(load_settings(trusted_proxies=TRUSTED)).client_of(peer, Headers(raw=raw))


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ((), "10.0.0.7"),
        (("192.0.2.1",), "192.0.2.1"),
        (("198.51.100.9, 192.0.2.1",), "192.0.2.1"),
        (("198.51.100.9", "192.0.2.1, 10.1.1.1"), "192.0.2.1"),
        (("192.0.2.1:4711",), "192.0.2.1"),
        (("[2001:4860::1]:443",), "2001:4860::1"),
        (("2001:4860::1",), "2001:4860::1"),
        (("::ffff:192.0.2.1",), "192.0.2.1"),
        (("10.1.1.1, 10.2.2.2",), "10.1.1.1"),
        (("192.0.2.1, unknown, 10.1.1.1",), "10.1.1.1"),
        (("evil, 192.0.2.1",), "192.0.2.1"),
        (("",), "10.0.0.7"),
        (("x" * 5000,), "10.0.0.7"),
    ],
)
def test_who_asked_is_the_last_that_no_trusted_proxy_added(
    forwarded: tuple[str, ...], expected: str
) -> None:
    assert client_of("10.0.0.7", *forwarded) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("10.255.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("2001:db8:1::1", True),
        ("127.0.0.2", False),
        ("11.0.0.1", False),
        ("testclient", False),
        ("", False),
    ],
)
def test_who_is_trusted(host: str, *, expected: bool) -> None:
    assert Proxies(load_settings(trusted_proxies=TRUSTED)).trusts(host) is expected
    assert not Proxies(load_settings()).trusts(host)


@pytest.mark.parametrize("text", ["*", "10.0.0.1/8", "proxy.example.org", "10.0.0", "10.0.0.1/33"])
def test_what_is_no_address_or_network(text: str) -> None:
    with pytest.raises(SettingsError, match="GENDERLENS_TRUSTED_PROXIES"):
        Proxies(load_settings(trusted_proxies=text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/gl", True),
        ("/a/b-c/d_e.f~g", True),
        ("gl", False),
        ("//gl", False),
        ("/gl//x", False),
        ("/../x", False),
        ("/a/.", False),
        ("/a b", False),
        ("/a?x", False),
        ("/a\n", False),
        ("//evil.example", False),
        ("/<script>", False),
    ],
)
def test_what_is_a_prefix(text: str, *, expected: bool) -> None:
    assert is_prefix(text) is expected
    if expected:
        assert checked_root_path(load_settings(root_path=f"{text}/")) == text
    else:
        with pytest.raises(SettingsError, match="GENDERLENS_ROOT_PATH"):
            checked_root_path(load_settings(root_path=text))


def test_no_prefix_is_none() -> None:
    assert checked_root_path(load_settings()) == ""
    assert checked_root_path(load_settings(root_path="/")) == ""


def _ask(port: int, path: str, *headers: str) -> Any:
    head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""])
    with RawConnection(port) as connection:
        connection.send(head.encode("latin-1"))
        return connection.receive()


def test_the_balancer_is_not_counted_as_one_client() -> None:
    app = fake_app(
        open_predictor(), auth="open", trusted_proxies="127.0.0.1", rate_limit="2/minute"
    )
    with running_server(app) as port:
        for client in ("192.0.2.1", "192.0.2.2"):
            forwarded = f"X-Forwarded-For: 198.51.100.{client[-1]}, {client}"
            statuses = [_ask(port, "/models", forwarded).status_code for _ in range(3)]
            assert statuses == [200, 200, 429]
        # What a client puts before changes nothing.
        forged = "X-Forwarded-For: 203.0.113.77, 192.0.2.1"
        assert_problem(_ask(port, "/models", forged), 429, "rate_limited")


def test_forged_addresses_are_not_believed() -> None:
    app = fake_app(open_predictor(), auth="open", trusted_proxies="10.0.0.1", rate_limit="2/minute")
    with running_server(app) as port:
        assert [_ask(port, "/models").status_code for _ in range(2)] == [200, 200]
        assert_problem(_ask(port, "/models"), 429, "rate_limited")
        forged = _ask(port, "/models", "X-Forwarded-For: 203.0.113.77")
        assert_problem(forged, 403, "forwarded")


def test_a_server_that_believes_forwarded_addresses_is_not_believed() -> None:
    """uvicorn by itself takes the word of whatever runs on the same machine."""
    app = fake_app(open_predictor(), auth="open", rate_limit="2/minute")
    seen: list[Any] = []

    @app.get("/who")
    async def who() -> None: ...

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["client"] = ("203.0.113.77", 0)
            seen.append(scope)
        await app(scope, receive, send)

    watched.state = app.state  # type: ignore[attr-defined]
    with running_server(watched) as port:  # type: ignore[arg-type]
        assert _ask(port, "/models").status_code == 200
    assert seen[-1]["client"][0] == "127.0.0.1"
