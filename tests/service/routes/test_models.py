"""Versions over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from conftest import ClassFolders
from genderlens.registry.store import Registry, open_registry
from genderlens.service.app import create_app
from genderlens.settings import Settings, load_settings
from service.serving import assert_problem, warm_client
from tiny_bundles import make_bundle


@pytest.fixture
def settings(tmp_path: Path, class_folders: ClassFolders) -> Settings:
    return load_settings(
        model="registry:production",
        registry=str(tmp_path / "registry"),
        state_dir=tmp_path / "state",
        registry_poll_s=600,
        gate_data=str(class_folders(3)),
        gate_min_group=3,
        gate_max_slowdown=1000,
    )


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    registry = open_registry(settings)
    for name, gain in (("good", 10.0), ("better", 12.0), ("wrong", -10.0)):
        registry.add(make_bundle(tmp_path / name, name, gain=gain))
    registry.change(lambda state: state.promoted("good-1"))
    return registry


@pytest.fixture
def client(settings: Settings, registry: Registry) -> Iterator[TestClient]:
    with warm_client(create_app(settings)) as client:
        yield client


def test_the_registry_is_shown(client: TestClient) -> None:
    answer = client.get("/models").json()
    assert (answer["serving"], answer["production"], answer["candidate"]) == (
        "good-1",
        "good-1",
        "wrong-1",
    )
    assert answer["follows_registry"] is True
    by_version = {model["version"]: model for model in answer["models"]}
    assert set(by_version) == {"good-1", "better-1", "wrong-1"}
    assert (by_version["good-1"]["loaded"], by_version["good-1"]["share"]) == (True, 1.0)
    assert (by_version["wrong-1"]["loaded"], by_version["wrong-1"]["share"]) == (False, None)


def test_a_promotion_serves_when_it_is_answered_and_so_does_the_rollback(
    client: TestClient,
) -> None:
    answer = client.post("/models/better-1/promote")
    assert answer.status_code == 200, answer.text
    assert answer.json()["promoted"] is True
    assert answer.json()["figures"]["better-1"]["accuracy"] == 1.0
    assert client.get("/health").json()["model_version"] == "better-1"
    back = client.post("/models/rollback").json()
    assert (back["serving"], back["previous"]) == ("good-1", "better-1")


def test_a_refused_promotion_tells_the_figures(client: TestClient) -> None:
    problem = assert_problem(client.post("/models/wrong-1/promote"), 409, "promotion_refused")
    assert problem["decision"]["figures"]["wrong-1"]["accuracy"] == 0.0
    assert {gate["gate"]: gate["passed"] for gate in problem["decision"]["gates"]} == {
        "accuracy": False,
        "worst_group_accuracy": False,
        "ece": False,
        "classify_ms": True,
    }
    assert client.get("/models").json()["serving"] == "good-1"
    forced = client.post("/models/wrong-1/promote", json={"force": True, "reason": "a drill"})
    assert forced.json()["forced"] == "a drill"
    assert client.get("/models").json()["serving"] == "wrong-1"


def test_traffic(client: TestClient) -> None:
    answer = client.put("/models/traffic", json={"weights": {"production": 3, "better-1": 1}})
    assert answer.json()["traffic"] == {"good-1": 3.0, "better-1": 1.0}
    shares = {model["version"]: model["share"] for model in answer.json()["models"]}
    assert shares == {"good-1": 0.75, "better-1": 0.25, "wrong-1": None}
    assert client.put("/models/traffic", json={"weights": {}}).json()["traffic"] == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/models/none-1/promote", None, 404, "version_not_found"),
        ("POST", "/models/..%2Fgood-1/promote", None, 404, "not_found"),
        ("POST", "/models/.hidden/promote", None, 404, "version_not_found"),
        ("POST", "/models/better-1/promote", {"force": True}, 409, "registry_failed"),
        ("POST", "/models/better-1/promote", {"reason": "no force"}, 409, "registry_failed"),
        ("POST", "/models/better-1/promote", {"gates": False}, 422, "invalid_parameter"),
        ("POST", "/models/rollback", None, 409, "registry_failed"),
        ("PUT", "/models/traffic", {"weights": {"good-1": -1}}, 409, "registry_failed"),
        ("PUT", "/models/traffic", {"weights": {"none-1": 1}}, 404, "version_not_found"),
        ("PUT", "/models/traffic", {"weights": {"good-1": "x"}}, 422, "invalid_parameter"),
        ("PUT", "/models/traffic", {}, 422, "invalid_parameter"),
    ],
)
def test_refusals(
    client: TestClient, method: str, path: str, body: object, status: int, code: str
) -> None:
    assert_problem(client.request(method, path, json=body), status, code)
    assert client.get("/models").json()["serving"] == "good-1"
