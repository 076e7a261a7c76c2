from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

import photos
from service.serving import fake_app, open_predictor, warm_client


def _samples(client: TestClient, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_names_have_base_units(client: TestClient, portrait: bytes) -> None:
    client.post("/predict", files={"file": ("a.jpg", portrait)})
    client.post("/predict", files={"file": ("a.jpg", photos.encode(photos.landscapes()["cat"]))})
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    names = set(re.findall(r"^# TYPE (\S+)", answer.text, re.MULTILINE))
    assert names >= {
        "genderlens_http_requests_total",
        "genderlens_http_request_duration_seconds",
        "genderlens_predictions_total",
        "genderlens_stage_duration_seconds",
        "genderlens_queue_duration_seconds",
        "genderlens_pictures_in_flight",
    }
    assert all(name.startswith("genderlens_") for name in names)
    outcomes = {
        dict(labels)["outcome"] for labels in _samples(client, "genderlens_predictions_total")
    }
    assert outcomes >= {"classified", "no_person"}
    stages = {
        dict(labels)["stage"]
        for labels in _samples(client, "genderlens_stage_duration_seconds_count")
    }
    assert stages >= {"decode", "detect", "classify"}
    assert set(_samples(client, "genderlens_pictures_in_flight").values()) == {0.0}


def test_strange_paths_and_methods_make_no_new_series() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        for number in range(30):
            client.get(f"/path/{number}")
            client.request(f"METHOD{number}", "/health")
            client.get(f"/v2/models/model-{number}/ready")
        samples = _samples(client, "genderlens_http_requests_total")
    routes = {dict(labels)["route"] for labels in samples}
    assert routes <= {"other", "/health", "/health/ready", "/metrics", "/v2/models/{name}/ready"}
    assert {dict(labels)["method"] for labels in samples} == {"GET", "other"}


def test_failures_are_counted_with_their_status() -> None:
    def fail(_: bytes) -> None:
        raise ZeroDivisionError

    with warm_client(fake_app(open_predictor(fail))) as client:  # type: ignore[arg-type]
        client.post("/predict", files={"file": ("a.jpg", b"x")})
        client.post("/predict", headers={"Content-Encoding": "gzip"})
        samples = _samples(client, "genderlens_http_requests_total")
    statuses = {(dict(labels)["route"], dict(labels)["status"]) for labels in samples}
    assert {("/predict", "500"), ("other", "415")} <= statuses
