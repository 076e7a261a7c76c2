from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

import photos
from genderlens.types import Outcome, Prediction
from service.serving import FakePredictor, fake_app, open_predictor, wait_until, warm_client


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
        "genderlens_pictures_pending",
        "genderlens_batch_pictures",
        "genderlens_confidence_ratio",
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


def test_batches_confidence_and_rejections_are_counted() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        files = [("files", (f"{n}.jpg", b"x")) for n in range(3)]
        assert client.post("/predict-batch", files=files).status_code == 200
        client.post("/predict", content=b"x")
        client.get("/nothing")
        client.get("/v2/health/none")  # what a load balancer asks is told by its status alone
        batches = _samples(client, "genderlens_batch_pictures_bucket")
        faces = _samples(client, "genderlens_confidence_ratio_bucket")
        rejected = _samples(client, "genderlens_rejected_requests_total")
        pending = _samples(client, "genderlens_pictures_pending")
    assert batches[(("le", "2.0"),)] == 0
    assert batches[(("le", "4.0"),)] == 1
    assert faces[(("le", "0.85"), ("model_version", "fake-1"))] == 0
    assert faces[(("le", "0.9"), ("model_version", "fake-1"))] == 3
    assert rejected == {
        (("code", "unsupported_media_type"),): 1,
        (("code", "not_found"),): 1,
    }
    assert set(pending.values()) == {0.0}


def test_what_waits_is_pending_and_a_full_queue_is_a_rejection() -> None:
    predictor = FakePredictor()
    app = fake_app(predictor, workers=1, max_queue=3)
    with warm_client(app) as client, ThreadPoolExecutor(3) as pool:
        files = {"file": ("a.jpg", b"x")}
        asked = [pool.submit(client.post, "/predict", files=files) for _ in range(3)]
        wait_until(lambda: app.state.engine.in_flight == 3)
        assert set(_samples(client, "genderlens_pictures_pending").values()) == {2.0}
        assert client.post("/predict", files=files).status_code == 503
        predictor.gate.set()
        assert [one.result().status_code for one in asked] == [200] * 3
        assert _samples(client, "genderlens_rejected_requests_total") == {
            (("code", "overloaded"),): 1
        }


def test_refused_pictures_and_failures_are_no_rejections() -> None:
    def answer(content: bytes) -> Prediction:
        if content == b"fail":
            raise ZeroDivisionError
        return Prediction(Outcome.NO_PERSON, 0, "fake-1", error="nobody", error_code="no_person")

    with warm_client(fake_app(open_predictor(answer))) as client:
        for content, status in ((b"x", 422), (b"fail", 500)):
            answered = client.post("/predict", files={"file": ("a.jpg", content)})
            assert answered.status_code == status
        assert not _samples(client, "genderlens_rejected_requests_total")
