from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from genderlens.history.identifiers import create_id
from genderlens.service.routes import history
from genderlens.types import Outcome, Prediction
from service.serving import (
    FakePredictor,
    assert_problem,
    classified,
    fake_app,
    open_predictor,
    warm_client,
)


def mixed_predictor() -> FakePredictor:
    def answer(content: bytes) -> Prediction:
        if content == b"nobody":
            return Prediction(Outcome.NO_PERSON, 0, "fake-2", error="x", error_code="no_person")
        return classified()

    return open_predictor(answer)


def predict(client: TestClient, content: bytes = b"a") -> str:
    identity: str = client.post("/predict", files={"file": ("=x.jpg", content)}).json()["id"]
    return identity


def test_pages() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        made = [predict(client) for _ in range(5)]
        seen, cursor = [], None
        for expected in (2, 2, 1):
            parameters = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = client.get("/predictions", params=parameters).json()
            assert len(page["predictions"]) == expected
            seen += [one["id"] for one in page["predictions"]]
            cursor = page["next"]
        assert cursor is None
        assert sorted(seen, reverse=True) == seen
        assert set(seen) == set(made)


def test_a_total_is_counted_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with warm_client(fake_app(mixed_predictor())) as client:
        for content in (b"a", b"b", b"nobody"):
            predict(client, content)
        assert client.get("/predictions").json()["total"] is None
        asked = {"total": "true", "limit": 1}
        assert client.get("/predictions", params=asked).json()["total"] == 3
        female = client.get("/predictions", params=asked | {"prediction": "female"})
        assert female.json()["total"] == 0
        monkeypatch.setattr(history, "MAX_COUNTED", 2)
        assert client.get("/predictions", params=asked).json()["total"] == 2


def test_filters() -> None:
    with warm_client(fake_app(mixed_predictor())) as client:
        predict(client)
        predict(client, b"nobody")
        earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        digest = client.get("/predictions").json()["predictions"][0]["sha256"]
        for parameters, expected in (
            ({}, 2),
            ({"outcome": "no_person"}, 1),
            ({"prediction": "male"}, 1),
            ({"prediction": "female"}, 0),
            ({"model_version": "fake-2"}, 1),
            ({"sha256": digest}, 1),
            ({"since": earlier, "until": later}, 2),
            ({"since": later}, 0),
            ({"until": earlier}, 0),
        ):
            page = client.get("/predictions", params=parameters).json()
            assert len(page["predictions"]) == expected, parameters


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "many"},
        {"cursor": "x"},
        {"cursor": "' OR 1=1 --"},
        {"outcome": "' OR 1=1 --"},
        {"prediction": "x" * 41},
        {"sha256": "a" * 63},
        {"model_version": "'; DROP TABLE predictions; --"},
        {"model_version": "\0"},
        {"since": "yesterday"},
        {"until": "2026-01-01T00:00:00"},
    ],
)
def test_what_is_no_filter(parameters: dict[str, str]) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        answer = client.get("/predictions", params=parameters)
        assert answer.status_code == 422
        assert client.get("/predictions.csv", params=parameters).status_code in {200, 422}


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-01-01T00:00:00Z", "0"],
)
def test_far_times(moment: str) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert client.get("/predictions", params={"since": moment}).status_code in {200, 422}


def test_one_is_read_and_forgotten() -> None:
    with warm_client(fake_app(mixed_predictor())) as client:
        refused = client.post("/predict", files={"file": ("a.jpg", b"nobody")})
        assert_problem(refused, 422, "no_person")
        path = f"/predictions/{refused.json()['id']}"
        document = client.get(path).json()
        assert document["outcome"] == document["error_code"] == "no_person"
        assert document["size_bytes"] == 6
        assert document["latency_ms"] > 0
        assert not {"filename", "content", "address"} & set(document)
        assert client.delete(path).status_code == 204
        assert_problem(client.get(path), 404, "not_found")
        assert_problem(client.delete(path), 404, "not_found")


@pytest.mark.parametrize("identity", [create_id(), "x", "' OR 1=1 --", "a" * 5000], ids=len)
def test_what_never_was(identity: str) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        predict(client)
        assert_problem(client.get(f"/predictions/{identity}"), 404, "not_found")
        assert_problem(client.delete(f"/predictions/{identity}"), 404, "not_found")
        assert len(client.get("/predictions").json()["predictions"]) == 1


def test_all_before_a_time_are_forgotten() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        predict(client)
        assert client.delete("/predictions").status_code == 422
        past = {"until": "2026-01-01T00:00:00Z"}
        assert client.delete("/predictions", params=past).json() == {"deleted": 0}
        later = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
        assert client.delete("/predictions", params=later).json() == {"deleted": 1}
        nothing = {"predictions": [], "next": None, "total": None}
        assert client.get("/predictions").json() == nothing


def test_every_file_of_a_batch_is_remembered() -> None:
    with warm_client(fake_app(mixed_predictor())) as client:
        files = [("files", ("a.jpg", b"a")), ("files", ("b.jpg", b"nobody"))]
        results = client.post("/predict-batch", files=files).json()["results"]
        outcomes = [client.get(f"/predictions/{one['id']}").json()["outcome"] for one in results]
        assert outcomes == ["classified", "no_person"]


def _evil(_: bytes) -> Prediction:
    return Prediction(
        Outcome.NO_PERSON, 0, "=cmd()|' /C calc'!A0", error="x", error_code="no_person"
    )


def test_csv() -> None:
    with warm_client(fake_app(open_predictor(_evil))) as client:
        made = {predict(client) for _ in range(3)}
        answer = client.get("/predictions.csv", params={"outcome": "no_person"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment")
        rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert {row["id"] for row in rows} == made
        assert {row["model_version"] for row in rows} == {"'=cmd()|' /C calc'!A0"}
        assert len(client.get("/predictions.csv?outcome=uncertain").text.splitlines()) == 1
