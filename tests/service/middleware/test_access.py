from __future__ import annotations

import pytest

from genderlens.service.middleware import access as access_module
from genderlens.service.middleware.access import client_address
from service.keyed import callers
from service.serving import assert_problem


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


def test_figures_about_the_traffic_are_for_their_own_scope() -> None:
    with callers("metrics", "predict", "train") as (metrics, predict, train):
        assert metrics.ask("GET", "/metrics").status_code == 200
        for caller in (predict, train):
            problem = assert_problem(caller.ask("GET", "/metrics"), 403, "forbidden")
            assert "scope metrics" in problem["detail"]
        for method, path in (("POST", "/predict"), ("GET", "/models"), ("GET", "/jobs")):
            assert_problem(metrics.ask(method, path), 403, "forbidden")


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
