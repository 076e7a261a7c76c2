"""Below a prefix that a proxy puts before, taken off by it or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.keyed import callers
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
    warm_client,
)

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def below() -> Iterator[TestClient]:
    with warm_client(fake_app(open_predictor(), root_path="/gl/")) as client:
        yield client


def test_without_a_prefix_redirects_keep_one_that_nobody_told_of() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        for path in ("/", "/app", "/app?x=1"):
            answer = client.get(path, headers=BROWSER, follow_redirects=False)
            assert answer.status_code == 307
            place = answer.headers["location"]
            assert not place.startswith("/")
            assert place == ("app/?x=1" if "x=1" in path else "app/")
        assert client.get("/app", headers=BROWSER).url.path == "/app/"


@pytest.mark.parametrize("path", ["/", "/gl/", "/gl", "/app", "/gl/app"])
def test_redirects_lead_below_it(below: TestClient, path: str) -> None:
    answer = below.get(path, headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "/gl/app/"


@pytest.mark.parametrize("path", ["/predict", "/gl/predict"])
def test_routes_work_with_it_and_without(below: TestClient, path: str) -> None:
    assert below.post(path, files={"file": ("a.jpg", b"a")}).status_code == 200
    assert_problem(below.get(f"{path}/nowhere"), 404, "not_found")
    assert_problem(below.get(f"/other{path}"), 404, "not_found")
    assert_problem(below.get(f"/glass{path}"), 404, "not_found")


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_documentation_loads_its_own_files(below: TestClient, page: str) -> None:
    answer = below.get(f"/gl/{page}")
    assert answer.status_code == 200
    assert "'self'" in answer.headers["content-security-policy"]
    references = re.findall(r"""(?:src|href)=["']([^"']+)""", answer.text)
    assert len(references) >= 2
    for reference in references:
        assert reference.startswith("/gl/static-offline-docs/")
        assert below.get(reference).status_code == 200
    assert "/gl/openapi.json" in answer.text
    assert below.get("/gl/openapi.json").json()["servers"] == [{"url": "/gl"}]


def test_policies_hosts_and_health_are_those_of_the_route(below: TestClient) -> None:
    plain = below.get("/app/").headers["content-security-policy"]
    assert "wasm" in plain
    assert below.get("/gl/app/").headers["content-security-policy"] == plain
    assert below.get("/gl/health", headers={"Host": "10.0.0.7"}).status_code == 200
    assert_problem(below.get("/gl/models", headers={"Host": "10.0.0.7"}), 421, "unknown_host")
    metrics = below.get("/gl/metrics").text
    assert 'route="/predict"' in metrics


def test_a_prefix_that_begins_like_a_path_of_ours() -> None:
    with warm_client(fake_app(open_predictor(), root_path="/app")) as client:
        answer = client.get("/", headers=BROWSER, follow_redirects=False)
        assert answer.headers["location"] == "/app/app/"
        assert client.get("/app/", headers=BROWSER, follow_redirects=False).status_code != 307
        assert client.get("/health/live").status_code == 200


def test_scopes_hold_below_a_prefix() -> None:
    with callers("predict", "metrics", root_path="/gl") as (predict, metrics):
        for path in ("/gl/metrics", "/metrics", "/gl/%6Detrics"):
            assert_problem(predict.client.get(path), 401, "invalid_key")
            assert_problem(predict.ask("GET", path), 403, "forbidden")
            assert metrics.ask("GET", path).status_code == 200


def _ask(port: int, path: str, *headers: str) -> Any:
    head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", "Accept: text/html", *headers, "", ""])
    with RawConnection(port) as connection:
        connection.send(head.encode("latin-1"))
        return connection.receive()


def test_a_trusted_proxy_names_the_prefix() -> None:
    app = fake_app(open_predictor(), auth="keys", trusted_proxies="127.0.0.1")
    with running_server(app) as port:
        for path in ("/", "/gl/"):
            answer = _ask(port, path, "X-Forwarded-Prefix: /gl")
            assert (answer.status_code, answer.headers["location"]) == (307, "/gl/app/")
        assert "/gl/openapi.json" in _ask(port, "/docs", "X-Forwarded-Prefix: /gl/").text
        assert _ask(port, "/", "X-Forwarded-Prefix: /").headers["location"] == "app/"
        assert _ask(port, "/").headers["location"] == "app/"
        for value in ("//evil.example", "https://evil.example", "/a b", "/<b>", "/../x", "gl"):
            answer = _ask(port, "/", f"X-Forwarded-Prefix: {value}")
            assert_problem(answer, 400, "malformed_request")
            assert answer.headers["x-content-type-options"] == "nosniff"
        both = _ask(port, "/", "X-Forwarded-Prefix: /a", "X-Forwarded-Prefix: /b")
        assert_problem(both, 400, "malformed_request")


@pytest.mark.parametrize("trusted", [None, "10.0.0.1"])
def test_anybody_elses_prefix_is_ignored(trusted: str | None) -> None:
    app = fake_app(open_predictor(), auth="keys", trusted_proxies=trusted)
    with running_server(app) as port:
        for value in ("/gl", "//evil.example"):
            answer = _ask(port, "/", f"X-Forwarded-Prefix: {value}")
            assert answer.headers["location"] == "app/"
        assert "evil" not in _ask(port, "/docs", "X-Forwarded-Prefix: //evil.example").text
