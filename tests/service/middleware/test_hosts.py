"""Whom the service answers to: DNS rebinding must not open it to a foreign page."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers

from genderlens.errors import SettingsError, UnknownHostError
from genderlens.service.middleware.hosts import Hosts
from genderlens.settings import load_settings
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
    warm_client,
)


def answers_to(asked: str, path: str = "/predict", **settings: Any) -> bool:
    try:
        Hosts(load_settings(**settings)).require_known(
            path, Headers(raw=[(b"host", asked.encode())])
        )
    except UnknownHostError:
        return False
    return True


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8000", "localhost.", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:1"],
)
def test_loopback_is_us(host: str) -> None:
    assert answers_to(host)
    assert answers_to(host, allowed_hosts="app.example.org", host="0.0.0.0")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "localhost@evil.example",
        "localhost/evil",
        "localhost:x",
        "localhost:8000:8000",
        "localhost, evil.example",
        "0.0.0.0",
        "10.0.0.1",
        "[::]",
        "::1]",
        "2130706433",
        "localhöst",
        "",
    ],
)
def test_anything_else_is_not(host: str) -> None:
    assert not answers_to(host)
    assert not answers_to(host, auth="open")
    assert not answers_to(host, host="::1")
    assert not answers_to(host, allowed_hosts="app.example.org")
    assert not answers_to(host, allowed_hosts="app.example.org", host="0.0.0.0", auth="keys")
    assert answers_to(host, path="/health")
    assert answers_to(host, path="/v2/health/ready")
    assert not answers_to(host, path="/healthy")


def test_it_is_off_where_keys_are_asked_for_unless_names_are_listed() -> None:
    for settings in ({"auth": "keys"}, {"host": "0.0.0.0"}, {"host": "0.0.0.0", "auth": "open"}):
        assert answers_to("any.example.org", **settings)
        assert not answers_to("any.example.org", allowed_hosts="app.example.org", **settings)
        assert answers_to("any.example.org", allowed_hosts="*", **settings)


def test_listed_names_are_us() -> None:
    listed = " App.Example.org., [2001:db8::1],10.0.0.1 "
    for host in ("app.example.org:443", "APP.example.org", "[2001:db8::1]:8000", "10.0.0.1"):
        assert answers_to(host, allowed_hosts=listed, auth="keys")
        assert answers_to(host, allowed_hosts=listed, host="0.0.0.0", auth="open")
        trusted = {"auth": "open", "trusted_proxies": "127.0.0.1"}
        assert answers_to(host, allowed_hosts=listed, **trusted)
    assert not answers_to("example.org", allowed_hosts=listed, auth="keys")


@pytest.mark.parametrize("listed", ["app.example.org", "*", "10.0.0.1,app.example.org"])
@pytest.mark.parametrize("auth", ["auto", "open"])
def test_no_listed_name_opens_a_service_without_keys(
    listed: str, auth: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert not answers_to("app.example.org", allowed_hosts=listed, auth=auth)
    assert "GENDERLENS_AUTH=keys" in caplog.text
    assert answers_to("localhost:8000", allowed_hosts=listed, auth=auth)


@pytest.mark.parametrize("text", ["https://a.org", "a.org:80", "a.org/x", "*.a.org", "a b"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(SettingsError, match="no name or address"):
        Hosts(load_settings(allowed_hosts=text))


def test_a_hostile_host_reaches_nothing_but_health() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        headers = {"Host": "evil.example", "Origin": "http://evil.example"}
        for path in ("/", "/app/", "/docs", "/openapi.json", "/predictions", "/metrics", "/models"):
            assert_problem(client.get(path, headers=headers), 421, "unknown_host")
        upload = {"file": ("a.jpg", b"a")}
        assert_problem(client.post("/predict", files=upload, headers=headers), 421, "unknown_host")
        assert client.get("/health", headers={"Host": "10.0.0.7:8000"}).status_code == 200
        forwarded = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
        assert client.get("/", headers=forwarded).status_code == 421


def test_it_is_refused_unread_on_the_wire() -> None:
    with running_server(fake_app(open_predictor())) as port:
        for line in ("Host: evil.example\r\n", ""):
            version = "1.1" if line else "1.0"
            with RawConnection(port) as connection:
                head = f"POST /predict HTTP/{version}\r\n{line}Content-Length: 15000000\r\n\r\n"
                connection.send(head.encode())
                assert_problem(connection.receive(), 421, "unknown_host")
                assert connection.is_closed()
