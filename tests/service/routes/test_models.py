"""Versions over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import ClassFolders
from genderlens.bundle import load_bundle, write_bundle
from genderlens.evaluation.figures.metrics import proportion
from genderlens.history.identifiers import create_id
from genderlens.history.predictions import insert_predictions
from genderlens.history.samples import write_feedback
from genderlens.history.tables import now
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


def test_what_a_bundle_measured_is_shown(client: TestClient, settings: Settings) -> None:
    with warm_client(create_app(settings.model_copy(update={"model": "default"}))) as other:
        answer = other.get("/models").json()
    shipped = load_bundle()
    (shown,) = [one for one in answer["models"] if not one["registered"]]
    assert answer["models"][0] == shown
    evaluation = shipped.description.evaluation
    assert evaluation is not None
    assert (shown["version"], shown["loaded"], shown["share"]) == (shipped.version, True, 1.0)
    assert (shown["licence"], shown["precision"]) == ("CC BY 4.0", "int8")
    assert shown["size_bytes"] == sum(
        (shipped.path / name).stat().st_size for name in shipped.description.files
    )
    found = shown["evaluation"]
    assert found["accuracy"] == asdict(evaluation.overall)
    assert found["ece"] == evaluation.metrics["ece"]
    groups = {(one["attribute"], one["group"]): one["accuracy"] for one in found["groups"]}
    assert groups == {
        (attribute, name): asdict(share)
        for attribute in ("label", "age", "race")
        for name, share in evaluation.groups[attribute].items()
    }
    worst = found["worst_group"]
    large = [share["value"] for share in groups.values() if share["count"] >= 100]
    assert worst["accuracy"]["value"] == min(large)
    assert client.get("/models").json()["models"][0]["evaluation"] is None


def test_groups_are_of_people_and_not_of_how_pictures_were_used(
    client: TestClient, registry: Registry, tmp_path: Path
) -> None:
    bundle = load_bundle(str(make_bundle(tmp_path / "judged", "judged")))
    evaluation = load_bundle("default").description.evaluation
    assert evaluation is not None
    low, high = (replace(evaluation.overall, value=v) for v in (0.1, 0.9))
    groups = {"service_test": {"True": low}, "glasses": {"True": high, "False": high}}
    judged = evaluation.model_copy(update={"groups": groups})
    description = bundle.description.model_copy(update={"evaluation": judged})
    registry.add(write_bundle(bundle.path, description).path)
    shown = client.get("/models").json()["models"][-1]["evaluation"]
    assert [one["attribute"] for one in shown["groups"]] == ["glasses", "glasses"]
    assert shown["worst_group"]["attribute"] == "glasses"


def test_size_and_weight_of_registered_versions(client: TestClient, registry: Registry) -> None:
    weights = {"weights": {"good-1": 3, "better-1": 1}}
    models = client.put("/models/traffic", json=weights).json()["models"]
    by_version = {model["version"]: model for model in models}
    assert {v: m["weight"] for v, m in by_version.items()} == {
        "good-1": 3.0,
        "better-1": 1.0,
        "wrong-1": None,
    }
    folder = Path(registry.address) / "good-1"
    assert by_version["good-1"]["size_bytes"] == sum(f.stat().st_size for f in folder.iterdir())


def _record(client: TestClient, version: str, *rows: tuple[Any, ...]) -> None:
    """Answers (outcome, label, confidence, latency, correction) in the history of the client."""
    database = client.app.state.history._database  # type: ignore[attr-defined]
    for outcome, label, confidence, latency, correction in rows:
        faces = [{"outcome": outcome}] if label or outcome == "uncertain" else []
        row = {
            "id": create_id(),
            "created_at": now(),
            "key_id": None,
            "sha256": "0" * 64,
            "size_bytes": 1,
            "outcome": outcome,
            "prediction": label,
            "confidence": confidence,
            "person_count": 1,
            "error_code": None,
            "faces": faces,
            "model_version": version,
            "latency_ms": latency,
        }
        insert_predictions(database, [row])
        if correction:
            assert write_feedback(database, row["id"], correction, None)


def test_versions_are_compared_by_what_they_did(client: TestClient) -> None:
    client.put("/models/traffic", json={"weights": {"good-1": 3, "better-1": 1}})
    _record(
        client,
        "good-1",
        ("classified", "male", 0.9, 10.0, "male"),
        ("classified", "male", 0.8, 20.0, "female"),
        ("classified", "female", 0.7, 30.0, None),
        ("uncertain", None, 0.52, 40.0, "male"),
        ("no_person", None, 0.0, 50.0, None),
    )
    answer = client.get("/models/compare").json()
    assert answer["history"] == "on"
    better, good = sorted(answer["versions"], key=lambda one: one["version"])
    assert (good["version"], good["share"], better["share"]) == ("good-1", 0.75, 0.25)
    live = good["live"]
    assert live["pictures"] == 5
    assert live["outcomes"] == {"classified": 3, "uncertain": 1, "no_person": 1}
    assert live["mean_confidence"] == pytest.approx((0.9 + 0.8 + 0.7 + 0.52) / 4)
    assert (live["latency_p50_ms"], live["latency_p95_ms"]) == (30.0, 50.0)
    assert live["uncertain"]["value"] == 0.2
    assert live["uncertain"]["low"] == pytest.approx(proportion(1, 5).low)
    assert live["refused"]["high"] == pytest.approx(proportion(1, 5).high)
    assert live["corrections"] == {"right": 1, "wrong": 1, "undecided": 1}
    assert (live["right"]["value"], live["right"]["count"]) == (0.5, 2)
    assert better["live"]["pictures"] == 0
    assert (better["live"]["mean_confidence"], better["live"]["latency_p50_ms"]) == (None, None)
    assert better["live"]["right"] == {"value": 0.0, "low": 0.0, "high": 1.0, "count": 0}


def test_which_versions_and_since_when(client: TestClient) -> None:
    def versions(**parameters: object) -> list[str]:
        answer = client.get("/models/compare", params=parameters)
        return [one["version"] for one in answer.json()["versions"]]

    assert versions() == ["good-1"]
    assert versions(versions="wrong-1, production,good-1") == ["wrong-1", "good-1"]
    for unknown in ("none-1", "good-1,none-1", "../good-1", ",", "previous"):
        problem = client.get("/models/compare", params={"versions": unknown})
        assert_problem(problem, 404, "version_not_found")
    for days in ("0", "x", "99999"):
        problem = client.get("/models/compare", params={"since": days})
        assert_problem(problem, 422, "invalid_parameter")


def test_a_comparison_without_a_history_says_so(settings: Settings, registry: Registry) -> None:
    app = create_app(settings.model_copy(update={"history": "off"}))
    with warm_client(app) as client:
        answer = client.get("/models/compare").json()
    assert answer["history"] == "off"
    assert answer["versions"] == [{"version": "good-1", "share": 1.0, "live": None}]
