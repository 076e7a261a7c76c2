"""Clients written for the reference systems, from their documented examples, work unchanged."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import photos
from contract.conftest import Served


@pytest.fixture
def api(open_service: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=open_service.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def portrait() -> bytes:
    return photos.encode(photos.portrait())


@pytest.fixture(scope="module")
def crowd() -> bytes:
    """Three people."""
    return photos.encode(photos.crowd(3))


def _assert_prediction(answer: dict[str, Any]) -> None:
    """What both documents promise of a picture with one person."""
    assert answer["prediction"] in {"male", "female"}
    assert answer["confidence"] == max(answer["probabilities"].values())
    assert 0.5 <= answer["confidence"] <= 1.0
    assert set(answer["probabilities"]) == {"male", "female"}
    assert sum(answer["probabilities"].values()) == pytest.approx(1.0)
    assert answer["person_count"] == 1
    assert answer["error"] is None


class TestBase64System:
    """``GET /``, ``POST /predict`` with base64 in JSON, ``POST /predict-file``, ``POST /retrain``.

    The service of that system listens on port 8080 and is used from Streamlit and Locust.
    """

    def test_health_check_and_model_status(self, api: httpx.Client) -> None:
        answer = api.get("/")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert {"message", "status", "model"} <= set(answer.json())

    def test_predict_from_a_base64_encoded_image(self, api: httpx.Client, portrait: bytes) -> None:
        encoded = base64.b64encode(portrait).decode("utf-8")
        answer = api.post("/predict", json={"image": encoded})
        assert answer.status_code == 200
        _assert_prediction(answer.json())

    def test_predict_from_an_uploaded_file(self, api: httpx.Client, portrait: bytes) -> None:
        answer = api.post("/predict-file", files={"file": ("face.jpg", portrait, "image/jpeg")})
        assert answer.status_code == 200
        _assert_prediction(answer.json())

    def test_retraining_is_a_background_task(self, fresh_service: Served) -> None:
        answer = httpx.post(f"{fresh_service.url}/retrain")
        assert answer.status_code == 202
        assert answer.json()["state"] == "queued"


class TestDetectorSystem:
    """``GET /health``, ``POST /predict`` with ``file``, ``POST /predict-batch`` with ``files``."""

    def test_health(self, api: httpx.Client) -> None:
        answer = api.get("/health")
        assert answer.status_code == 200
        expected = {
            "status": "healthy",
            "model_loaded": True,
            "processor_loaded": True,
            "detector_loaded": True,
        }
        assert {name: answer.json().get(name) for name in expected} == expected

    def test_one_person(self, api: httpx.Client, portrait: bytes) -> None:
        answer = api.post("/predict", files={"file": ("image.jpg", portrait)})
        assert answer.status_code == 200
        _assert_prediction(answer.json())
        documented = {"prediction", "confidence", "person_count", "probabilities", "error"}
        assert documented <= set(answer.json())

    def test_three_people(self, api: httpx.Client, crowd: bytes) -> None:
        """Its clients look at ``error`` alone; the status is a refusal's."""
        answer = api.post("/predict", files={"file": ("image.jpg", crowd)})
        assert answer.status_code == 422
        documented = {
            "error": "Multiple people detected (3 people). Please use single-person images.",
            "person_count": 3,
            "prediction": None,
            "confidence": 0.0,
        }
        assert {name: answer.json()[name] for name in documented} == documented

    def test_nobody(self, api: httpx.Client) -> None:
        cat = photos.encode(photos.landscapes()["cat"])
        answer = api.post("/predict", files={"file": ("image.jpg", cat)}).json()
        assert (answer["person_count"], answer["prediction"]) == (0, None)
        assert answer["error"].startswith("No person detected")

    def test_an_invalid_image_format(self, api: httpx.Client) -> None:
        answer = api.post("/predict", files={"file": ("image.jpg", b"no picture")})
        assert answer.status_code == 415
        assert answer.json()["error"]

    def test_a_batch(self, api: httpx.Client, portrait: bytes, crowd: bytes) -> None:
        files = [("files", ("image1.jpg", portrait)), ("files", ("image2.jpg", crowd))]
        answer = api.post("/predict-batch", files=files)
        assert answer.status_code == 200
        first, second = answer.json()["results"]
        _assert_prediction(first)
        assert (first["filename"], second["filename"]) == ("image1.jpg", "image2.jpg")
        assert (second["person_count"], second["prediction"]) == (3, None)
        assert second["error"].startswith("Multiple people detected (3 people)")

    def test_what_the_web_client_does(self, api: httpx.Client, portrait: bytes) -> None:
        """It formats the confidence as a percentage, and shows ``error`` where there is one."""
        result = api.post("/predict", files={"file": ("blob", portrait)}).json()
        assert not result["error"]
        assert f"{result['confidence'] * 100:.1f}%".endswith("%")
