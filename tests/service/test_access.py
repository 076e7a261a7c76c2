from __future__ import annotations

import pytest

from genderlens.service import access as access_module
from genderlens.service.access import allowed_scopes, client_address, is_open
from service.keyed import callers
from service.serving import assert_problem, fake_app, open_predictor

OPEN = {
    "/",
    "/health",
    "/health/live",
    "/health/ready",
    "/v2/health/live",
    "/v2/health/ready",
}


def test_what_is_open_to_anybody_is_on_this_list() -> None:
    """A new route is closed unless somebody adds it here as well."""
    app = fake_app(open_predictor())
    paths = {path for path in app.openapi()["paths"] if is_open(path)}
    assert paths == OPEN
    assert all(is_open(path) for path in ("/app/", "/app/x.js", "/docs", "/openapi.json"))
    assert not any(is_open(path) for path in ("/application", "/healthy", "/docs2", "//", ""))


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("POST", "/predict", {"predict"}),
        ("GET", "/predictions", {"predict"}),
        ("DELETE", "/predictions/x", {"predict"}),
        ("POST", "/predictions/x/feedback", {"predict"}),
        ("GET", "/v2/models/x", {"predict"}),
        ("GET", "/nowhere", {"predict"}),
        ("POST", "/samples", {"train"}),
        ("POST", "/retrain", {"train"}),
        ("GET", "/jobs/x", {"train"}),
        ("DELETE", "/jobs/x", {"train"}),
        ("GET", "/models", {"predict", "train", "admin"}),
        ("POST", "/models/x/promote", {"admin"}),
        ("PUT", "/models/traffic", {"admin"}),
        ("GET", "/metrics", {"predict", "train", "admin"}),
    ],
)
def test_scopes_by_path(method: str, path: str, scopes: set[str]) -> None:
    assert allowed_scopes(method, path) == scopes


def test_every_route_of_the_application_is_closed_without_a_key() -> None:
    with callers("predict") as (caller,):
        paths = caller.client.get("/openapi.json").json()["paths"]
        closed = {path: methods for path, methods in paths.items() if not is_open(path)}
        assert {"/predict", "/predictions", "/samples", "/metrics"} <= set(closed)
        for path, methods in closed.items():
            for method in methods:
                answer = caller.client.request(method, path)
                assert_problem(answer, 401, "invalid_key")
                assert answer.headers["www-authenticate"].startswith("Bearer")
        for path in OPEN:
            assert caller.client.get(path, follow_redirects=False).status_code == 200


def test_keys_open_what_their_scopes_say() -> None:
    with callers("predict", "train", "admin") as (predict, train, admin):
        assert predict.predict().status_code == 200
        assert_problem(train.predict(), 403, "forbidden")
        assert admin.predict().status_code == 200
        assert_problem(predict.ask("POST", "/samples"), 403, "forbidden")
        assert_problem(train.ask("POST", "/samples"), 403, "turned_off")
        by_header = predict.client.get("/predictions", headers={"X-API-Key": predict.key})
        assert by_header.status_code == 200
        metrics = admin.ask("GET", "/metrics").text
    assert 'genderlens_rejected_requests_total{code="forbidden"} 2.0' in metrics
    assert "verysecret" not in metrics
    assert predict.key not in metrics


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_is_one_client(host: str, expected: str) -> None:
    assert client_address({"client": (host, 1)}) == expected
    assert client_address({"client": None}) == ""


def test_a_failure_of_the_door_itself_is_a_problem_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with callers("predict") as (caller,):
        monkeypatch.setattr(access_module, "given_key", fail)
        answer = caller.predict()
        assert_problem(answer, 500, "internal_error")
        assert answer.headers["x-content-type-options"] == "nosniff"
