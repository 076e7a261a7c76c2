from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from genderlens.errors import SettingsError
from genderlens.service.middleware.cors import Origins
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import assert_problem, fake_app, open_predictor, warm_client

APP = "https://app.example.org"
ASK_FIRST = {
    "Origin": APP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


def predict(client: TestClient, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/predict", files={"file": ("a.jpg", b"a")}, headers=named)


@pytest.mark.parametrize(
    "text",
    [
        "app.example.org",
        "https://a.org/",
        "https://a.org/x",
        "null",
        "ftp://a",
        "https://*.a/b",
        "https://*.example.org",
        "https://app.*",
        "https://*",
        "http*://a.org",
        "*.example.org",
        "**",
        "https://app.example.org:*",
        "https://App.example.org",
        "HTTPS://app.example.org",
        "https://app.example.org:443",
        "http://app.example.org:80",
        "https://user@app.example.org",
        "https://b\u00fccher.example",
        "https://a.org:0",
        "https://a.org:",
        "https://",
        "https://a..org",
        "https://a.org?x",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(SettingsError, match="no origin"):
        Origins(load_settings(cors_origins=text))


def test_origins() -> None:
    assert Origins(load_settings()).allowed == ()
    listed = Origins(load_settings(cors_origins=f" {APP} , http://localhost:3000,"))
    assert listed.allowed == (APP, "http://localhost:3000")
    for text in ("http://app.example.org:443", "https://[2001:db8::1]:8443", "https://a.b_c", "*"):
        assert Origins(load_settings(cors_origins=text)).allowed == (text,)


def test_off_by_default() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert "access-control-allow-origin" not in client.get("/health", headers=ASK_FIRST).headers
        answer = client.options("/predict", headers=ASK_FIRST)
        assert answer.status_code == 405
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("listed", [APP, "*"])
def test_listed_origins_may_ask_without_credentials(listed: str) -> None:
    with callers("predict", cors_origins=listed) as (caller,):
        first = caller.client.options("/predict", headers=ASK_FIRST)
        assert first.status_code == 200
        assert first.headers["access-control-allow-origin"] == listed
        answer = caller.ask("GET", "/predictions", headers={"Origin": APP})
        assert answer.headers["access-control-allow-origin"] == listed
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
        refused = caller.client.get("/predictions", headers={"Origin": APP})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == listed
        for one in (first, answer, refused):
            assert "access-control-allow-credentials" not in one.headers


def test_other_origins_get_no_leave() -> None:
    with callers("predict", cors_origins=APP) as (caller,):
        other = {"Origin": "https://evil.example"}
        first = caller.client.options("/predict", headers=ASK_FIRST | other)
        assert first.status_code == 400
        answer = caller.ask("GET", "/predictions", headers=other)
        assert "access-control-allow-origin" not in answer.headers


def test_a_foreign_page_cannot_post_to_an_open_service() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://localhost.evil.example"},
            {"origin": "http://localhost:81"},
            {"sec_fetch_site": "cross-site"},
        ):
            assert_problem(predict(client, **headers), 403, "cross_origin")
        for headers in (
            {},
            {"origin": "http://localhost"},
            {"origin": "https://localhost", "sec_fetch_site": "same-origin"},
        ):
            assert predict(client, **headers).status_code == 200
        assert client.get("/predictions", headers={"Origin": APP}).status_code == 200


def test_a_listed_page_can() -> None:
    with warm_client(fake_app(open_predictor(), cors_origins=APP)) as client:
        assert predict(client, origin=APP, sec_fetch_site="cross-site").status_code == 200
        assert_problem(predict(client, origin="https://evil.example"), 403, "cross_origin")
