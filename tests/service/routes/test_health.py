from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from genderlens import __version__
from genderlens.errors import BundleNotFoundError
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import (
    assert_problem,
    fake_app,
    open_predictor,
    portrait_jpeg,
    wait_until,
    warm_client,
)

READINESS = ["/health", "/health/ready", "/v2/health/ready"]


def _failing_app(error: Exception) -> FastAPI:
    def create(_: Any) -> Any:
        raise error

    return create_app(load_settings(), create)


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_healthy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    document = answer.json()
    version, (graph,) = document.pop("model_version"), document.pop("graphs")
    assert (graph["model_version"], graph["golden"]) == (version, "passed")
    assert "device" not in graph
    assert document.pop("status") == ("degraded" if graph["fallback"] else "healthy")
    assert document == {
        "history": "healthy",
        "rate_limits": "healthy",
        "jobs": "off",
        "model_loaded": True,
        "processor_loaded": True,
        "detector_loaded": True,
        "version": __version__,
        "abstain_below": 0.55,
    }


def test_not_ready_until_warm() -> None:
    may_load, predictor = threading.Event(), open_predictor()

    def create(_: Any) -> Any:
        assert may_load.wait(10)
        return predictor

    with TestClient(create_app(load_settings(), create), base_url="http://localhost") as client:
        for path in READINESS:
            answer = client.get(path)
            document = assert_problem(answer, 503, "not_ready")
            assert "being loaded" in document["detail"]
            assert int(answer.headers["retry-after"]) > 0
        document = client.get("/health").json()
        assert document["model_loaded"] is document["detector_loaded"] is False
        assert document["processor_loaded"] is False
        assert document["model_version"] is None
        assert client.get("/").json()["status"] == "starting"
        assert client.get("/health/live").json() == {"status": "alive"}
        assert client.get("/v2/health/live").json() == {"live": True}
        answer = client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
        assert_problem(answer, 503, "not_ready")
        assert_problem(client.get("/v2/models/default"), 503, "not_ready")
        may_load.set()
        wait_until(lambda: client.get("/health").status_code == 200)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BundleNotFoundError("no bundle at /srv/secret/place"), "bundle_not_found"),
        (PermissionError("/srv/secret/place"), "internal_error"),
    ],
)
def test_never_ready_where_the_model_cannot_be_loaded(error: Exception, code: str) -> None:
    with TestClient(_failing_app(error), base_url="http://localhost") as client:
        wait_until(lambda: "could not be loaded" in client.get("/health").text)
        for path in READINESS:
            document = assert_problem(client.get(path), 503, "not_ready")
            assert code in document["detail"]
            assert "secret" not in str(document)
        assert client.get("/").json()["status"] == "failed"
        assert client.get("/health/live").status_code == 200


def test_open_inference_protocol(client: TestClient) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    model = client.get("/v2/models/default").json()
    assert model["name"] == "default"
    assert model["platform"] == "onnxruntime_onnx"
    assert model["inputs"][0]["datatype"] == "BYTES"
    assert {one["name"] for one in model["outputs"]} >= {"prediction", "outcome", "confidence"}
    version = model["versions"][0]
    assert client.get(f"/v2/models/default/versions/{version}").json() == model
    for path in ("/v2/models/default/ready", f"/v2/models/default/versions/{version}/ready"):
        assert client.get(path).json() == {"name": "default", "ready": True}


@pytest.mark.parametrize("path", ["other", "other/ready", "default/versions/0", "%F0%9F/ready"])
def test_other_models_are_not_found(client: TestClient, path: str) -> None:
    assert_problem(client.get(f"/v2/models/{path}"), 404, "not_found")


def test_live_and_ready_with_a_fake() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert client.get("/health").json()["model_version"] == "fake-1"
