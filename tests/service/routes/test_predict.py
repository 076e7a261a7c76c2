from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

import photos
from genderlens.errors import DetectorError
from genderlens.types import Outcome, Prediction
from service.serving import assert_problem, classified, fake_app, open_predictor, warm_client


def test_all_doors_give_one_answer(client: TestClient, portrait: bytes) -> None:
    encoded = base64.b64encode(portrait).decode()
    answers = [
        client.post("/predict", files={"file": ("a.jpg", portrait)}),
        client.post("/predict-file", files={"file": ("a.jpg", portrait)}),
        client.post("/predict", json={"image": encoded}),
        client.post("/predict", json={"image": f"data:image/jpeg;base64,{encoded}"}),
        client.post("/predict", files={"file": ("a.txt", portrait, "text/plain")}),
    ]
    first, *others = (answer.json() for answer in answers)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.pop("id") for answer in (first, *others)}) == 5
    assert all(answer == first for answer in others)
    assert first["prediction"] == "female"
    assert first["outcome"] == "classified"
    assert first["person_count"] == len(first["faces"]) == 1
    assert first["error"] is None
    assert 0.5 <= first["confidence"] <= 1
    assert sum(first["probabilities"].values()) == pytest.approx(1)


def test_a_refusal_has_the_fields_of_the_reference_systems(client: TestClient) -> None:
    two = photos.encode(photos.crowd(2))
    answer = client.post("/predict", files={"file": ("two.jpg", two)})
    document = assert_problem(answer, 422, "many_people")
    assert document["person_count"] == 2
    assert document["prediction"] is None
    assert document["confidence"] == 0.0
    assert document["error"] == document["detail"]


@pytest.mark.parametrize("name", sorted(photos.landscapes()))
def test_nobody_in_view(client: TestClient, name: str) -> None:
    content = photos.encode(photos.landscapes()[name])
    answer = client.post("/predict-file", files={"file": ("a.jpg", content)})
    document = assert_problem(answer, 422, "no_person")
    assert document["person_count"] == 0
    assert document["prediction"] is None


def test_faces_policies(client: TestClient) -> None:
    two = {"file": ("two.jpg", photos.encode(photos.crowd(2)))}
    every = client.post("/predict?faces=all", files=two).json()
    assert [face["prediction"] for face in every["faces"]] == ["female", "female"]
    assert len(client.post("/predict?faces=largest", files=two).json()["faces"]) == 1
    assert client.post("/predict?faces=cropped", files=two).json()["faces"][0]["box"] is None
    assert_problem(client.post("/predict?faces=none", files=two), 422, "invalid_parameter")


def test_a_batch_answers_each_file_in_order(client: TestClient, portrait: bytes) -> None:
    files = [
        ("files", ("cat.jpg", photos.encode(photos.landscapes()["cat"]))),
        ("files", ("broken.jpg", portrait[:2000])),
        ("files", ("me.jpg", portrait)),
        ("files", ("note.txt", b"hello")),
        ("files", ("two.jpg", photos.encode(photos.crowd(2)))),
    ]
    answer = client.post("/predict-batch", files=files)
    assert answer.status_code == 200
    document = answer.json()
    results = document["results"]
    assert document["count"] == len(results) == 5
    assert [result["filename"] for result in results] == [name for _, (name, _) in files]
    assert [result["outcome"] for result in results] == [
        "no_person",
        "unreadable",
        "classified",
        "unreadable",
        "many_people",
    ]
    assert [result["error_code"] for result in results] == [
        "no_person",
        "truncated",
        None,
        "unsupported_format",
        "many_people",
    ]
    single = client.post("/predict", files={"file": ("me.jpg", portrait)}).json()
    assert results[2]["id"] != single.pop("id")
    assert {key: results[2][key] for key in single} == single


def _post(client: TestClient, content: bytes) -> Any:
    return client.post("/predict", files={"file": ("a.jpg", content)})


def test_equal_pictures_at_the_same_time_get_equal_answers(
    client: TestClient, portrait: bytes
) -> None:
    def ask(_: int) -> Any:
        while (answer := _post(client, portrait)).status_code == 503:
            assert answer.headers["retry-after"] in {"1", "2"}
            time.sleep(0.1)
        document = answer.json()
        return answer.status_code, document.pop("id"), str(document)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(ask, range(64)))
    assert len({(status, document) for status, _, document in answers}) == 1
    assert len({identity for _, identity, _ in answers}) == 64
    assert answers[0][0] == 200


def _answer(content: bytes) -> Prediction:
    if content == b"detector":
        raise DetectorError("the face detector failed: it is tired")
    if content == b"bug":
        raise ZeroDivisionError
    return classified(float("nan") if content == b"nan" else 2.0)


@pytest.mark.parametrize(
    ("content", "code"),
    [("detector", "detector_failed"), ("bug", "internal_error"), ("nan", "internal_error")],
)
def test_a_failure_of_ours_is_no_answer(content: str, code: str) -> None:
    with warm_client(fake_app(open_predictor(_answer))) as client:
        answer = client.post("/predict", files={"file": ("a.jpg", content.encode())})
        assert_problem(answer, 500, code)
        files = [("files", ("a.jpg", content.encode())), ("files", ("b.jpg", b"good"))]
        results = client.post("/predict-batch", files=files).json()["results"]
    assert results[0]["error_code"] == code
    assert results[0]["outcome"] == Outcome.UNREADABLE
    assert results[0]["prediction"] is None
    assert results[1]["prediction"] == "male"
