"""The application as a whole: what holds on every path."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from service.serving import fake_app, open_predictor, warm_client


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_documentation_works_offline(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    references = re.findall(r"""(?:src|href)=["']([^"']+)""", answer.text)
    assert len(references) >= 2
    for reference in references:
        assert reference.startswith("/static-offline-docs/")
        assert client.get(reference).status_code == 200, reference
    assert "http" not in re.sub(r"http-equiv|httpS?Snippet", "", answer.text)
    assert "'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("GET", "/docs", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/predict", 405),
        ("POST", "/predict", 415),
    ],
)
def test_security_headers(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


def test_security_headers_on_an_unexpected_failure() -> None:
    def fail(_: bytes) -> None:
        raise ZeroDivisionError

    with warm_client(fake_app(open_predictor(fail))) as client:  # type: ignore[arg-type]
        answer = client.post("/predict", files={"file": ("a.jpg", b"x")})
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_redirect_to_what_the_host_header_says(client: TestClient) -> None:
    answer = client.get("/health/", headers={"Host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers
