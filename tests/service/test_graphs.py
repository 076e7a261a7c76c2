"""Which graph answers: shown, and never one that is off on this machine."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from altered_detectors import copy_detector
from genderlens.bundle import INT8_MODEL, MODEL, load_bundle
from genderlens.detection import faces
from genderlens.detection.sound import FAST
from genderlens.graphs import golden
from genderlens.registry.store import Registry, open_registry
from genderlens.service.app import create_app
from genderlens.settings import Settings, load_settings
from graphs.providers import install, off_by
from service.serving import assert_problem, wait_until, warm_client
from tiny_bundles import alter_weight, make_bundle, make_int8_bundle

METRIC = "genderlens_graph_fallback"


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "_told", set())


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """``sound-1``, and ``off-1`` with an altered INT8 graph; the former is in production."""
    registry = open_registry(following(tmp_path))
    registry.add(make_int8_bundle(tmp_path / "sound", "sound").path)
    registry.add(alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL).path)
    registry.change(lambda state: state.promoted("sound-1"))
    return registry


def following(tmp_path: Path) -> Settings:
    return load_settings(
        model="registry:production", registry=str(tmp_path / "registry"), registry_poll_s=0.05
    )


def fallbacks(client: TestClient) -> dict[str, float]:
    return {
        sample.labels["model_version"]: sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == METRIC
    }


def ask(client: TestClient) -> dict[str, Any]:
    stream = io.BytesIO()
    Image.fromarray(np.full((40, 40, 3), (90, 80, 100), np.uint8)).save(stream, "PNG")
    answer = client.post("/predict?faces=cropped", files={"file": ("a.png", stream.getvalue())})
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("precision", ["auto", "int8"])
def test_the_graph_that_was_measured_answers(tmp_path: Path, precision: Any) -> None:
    bundle = make_int8_bundle(tmp_path / "sound", "sound")
    settings = load_settings(model=str(bundle.path), precision=precision)
    with warm_client(create_app(settings)) as client:
        health = client.get("/health").json()
        assert fallbacks(client) == {"sound-1": 0.0}
    assert health["status"] == "healthy"
    sound = {"model_version": "sound-1", "precision": "int8"}
    sound |= {"golden": "passed", "fallback": None}
    assert health["graphs"] == [sound]


@pytest.mark.parametrize("precision", ["auto", "int8"])
def test_an_altered_graph_is_replaced_and_that_is_shown(
    tmp_path: Path, precision: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL)
    settings = load_settings(model=str(bundle.path), precision=precision)
    with warm_client(create_app(settings)) as client:
        health, answer = client.get("/health").json(), ask(client)
        assert fallbacks(client) == {"off-1": 1.0}
    assert health["status"] == "degraded"
    (graph,) = health["graphs"]
    assert (graph["precision"], graph["golden"]) == ("fp32", "passed")
    assert graph["fallback"].startswith("model.int8.onnx is off by ")
    assert str(tmp_path) not in str(health)
    lines = [r for r in caplog.records if r.name == "genderlens.graphs.golden"]
    assert [line.levelno for line in lines] == [logging.WARNING]
    with warm_client(create_app(load_settings(model=str(bundle.path), precision="fp32"))) as client:
        assert ask(client)["probabilities"] == answer["probabilities"]
        assert client.get("/health").json()["status"] == "healthy"


def test_a_detector_that_is_replaced_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "CENTERFACE", copy_detector(tmp_path, FAST))
    bundle = make_int8_bundle(tmp_path / "sound", "sound")
    settings = load_settings(model=str(bundle.path), precision="int8")
    with warm_client(create_app(settings)) as client:
        health = client.get("/health").json()
        assert fallbacks(client) == {"sound-1": 0.0, "face detector": 1.0}
    assert health["status"] == "degraded"
    _, graph = health["graphs"]
    assert (graph["model_version"], graph["precision"]) == ("face detector", "fp32")
    assert graph["fallback"].startswith(f"{FAST} is off by ")


def test_a_graph_that_nothing_replaces_is_refused(tmp_path: Path) -> None:
    bundle = make_int8_bundle(tmp_path / "off", "off")
    for name in (INT8_MODEL, MODEL):
        bundle = alter_weight(bundle, name)
    app = create_app(load_settings(model=str(bundle.path)))
    with TestClient(app, base_url="http://localhost") as client:
        wait_until(lambda: "could not be loaded" in client.get("/health").text)
        document = assert_problem(client.get("/health"), 503, "not_ready")
        assert "bundle_integrity" in document["detail"]


def test_a_promotion_shows_the_graph_that_it_brings(tmp_path: Path, registry: Registry) -> None:
    with warm_client(create_app(following(tmp_path))) as client:
        assert fallbacks(client) == {"sound-1": 0.0}
        registry.change(lambda state: state.promoted("off-1"))
        wait_until(lambda: client.get("/health").json()["model_version"] == "off-1")
        assert fallbacks(client) == {"off-1": 1.0}
        assert client.get("/health").json()["status"] == "degraded"
        registry.change(lambda state: state.promoted("sound-1"))
        wait_until(lambda: client.get("/health").json()["status"] == "healthy")
        assert fallbacks(client) == {"sound-1": 0.0}


def test_a_promoted_graph_that_nothing_replaces_leaves_what_serves(
    tmp_path: Path, registry: Registry
) -> None:
    stored = load_bundle(str(tmp_path / "registry" / "off-1"))
    alter_weight(stored, MODEL)
    with warm_client(create_app(following(tmp_path))) as client:
        registry.change(lambda state: state.promoted("off-1"))
        wait_until(lambda: client.get("/models").json()["reload_error"] is not None)
        assert "model.onnx is off by" in client.get("/models").json()["reload_error"]
        assert client.get("/health").json()["model_version"] == "sound-1"


def test_every_variant_of_a_split_is_shown(tmp_path: Path, registry: Registry) -> None:
    registry.change(lambda state: state.with_changes(traffic={"sound-1": 0.5, "off-1": 0.5}))
    with warm_client(create_app(following(tmp_path))) as client:
        shown = {g["model_version"]: g["precision"] for g in client.get("/health").json()["graphs"]}
        assert shown == {"sound-1": "int8", "off-1": "fp32"}
        assert fallbacks(client) == {"sound-1": 0.0, "off-1": 1.0}


def test_every_member_of_an_ensemble_is_shown(tmp_path: Path) -> None:
    off = alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL).path
    old = make_bundle(tmp_path / "old", "old")
    with warm_client(create_app(load_settings(model=f"{off},{old}"))) as client:
        graphs = client.get("/health").json()["graphs"]
        assert fallbacks(client) == {"off-1": 1.0, "old-1": 0.0}
    assert [(g["precision"], g["golden"]) for g in graphs] == [("fp32", "passed"), ("fp32", "none")]


def test_the_page_gets_the_graph_that_answers_here(tmp_path: Path) -> None:
    bundle = make_int8_bundle(tmp_path / "b", "b")
    for graph in (INT8_MODEL, MODEL):
        with warm_client(create_app(load_settings(model=str(bundle.path)))) as client:
            facts = client.get("/app/private/model.json").json()
        assert facts["model"]["sha256"] == bundle.description.files[graph]
        assert (facts["fallback"] is None) == (graph == MODEL)
        bundle = alter_weight(bundle, INT8_MODEL)


def test_a_device_that_is_off_is_told_and_the_cpu_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("cuda", monkeypatch).change = off_by(0.05)
    make_int8_bundle(tmp_path / "tiny", "tiny")
    settings = load_settings(model=str(tmp_path / "tiny"), device="cuda")
    with warm_client(create_app(settings)) as client:
        document = client.get("/health").json()
        (graph,) = document["graphs"]
        assert document["status"] == "degraded"
        assert ("device" in graph, graph["precision"]) == (False, "int8")
        assert graph["fallback"].startswith("on cuda, model.onnx is off by 0.05")
        assert fallbacks(client) == {"tiny-1": 1.0}


def test_a_device_that_answers_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("cuda", monkeypatch)
    make_int8_bundle(tmp_path / "tiny", "tiny")
    settings = load_settings(model=str(tmp_path / "tiny"), device="cuda")
    with warm_client(create_app(settings)) as client:
        document = client.get("/health").json()
        (graph,) = document["graphs"]
        assert (document["status"], graph["device"], graph["precision"]) == (
            "healthy",
            "cuda",
            "fp32",
        )
        assert ask(client)["model_version"] == "tiny-1"
