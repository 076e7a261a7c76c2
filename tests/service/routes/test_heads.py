"""A model of other words, with a further head, behind every route that knows words."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from made_answers import AGES, WORDS
from service.serving import assert_problem, portrait_jpeg, warm_client
from tiny_bundles import SIZE_PX, make_bundle

HEADS = [
    {"name": "style", "labels": list(WORDS.labels), "kind": "categorical"},
    {"name": "age_group", "labels": list(AGES.labels), "kind": "ordinal"},
]
OUTPUTS = [f"probability_{label}" for label in WORDS.labels]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("heads") / "words", "words", heads=(WORDS, AGES))


@pytest.fixture
def worded(model: Path, tmp_path: Path) -> Iterator[TestClient]:
    settings = load_settings(
        model=str(model), state_dir=tmp_path, samples=str(tmp_path / "pool"), faces="cropped"
    )
    with warm_client(create_app(settings)) as client:
        yield client


def ask(client: TestClient, path: str = "/predict", **arguments: Any) -> dict[str, Any]:
    field = "files" if path.startswith("/predict-batch") else "file"
    answer = client.post(path, **({"files": {field: ("a.jpg", portrait_jpeg())}} | arguments))
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def assert_attribute(document: dict[str, Any]) -> None:
    """On top and at each face: a label of the head, and shares that sum to 1."""
    (face,) = document["faces"]
    assert document["attributes"] == face["attributes"]
    (age,) = face["attributes"].values()
    assert set(face["attributes"]) == {"age_group"}
    assert set(age) == {"prediction", "confidence", "probabilities"}
    assert list(age["probabilities"]) == list(AGES.labels)
    assert sum(age["probabilities"].values()) == pytest.approx(1.0, abs=1e-5)
    assert age["prediction"] == max(AGES.labels, key=lambda one: age["probabilities"][one])


def test_the_answer_is_in_the_models_words(worded: TestClient) -> None:
    document = ask(worded)
    assert list(document["probabilities"]) == list(WORDS.labels)
    assert document["prediction"] in WORDS.labels
    assert "attributes" not in document
    assert "attributes" not in document["faces"][0]


def test_attributes_are_given_where_asked(worded: TestClient) -> None:
    plain = ask(worded)
    for path in (
        "/predict?attributes=age_group",
        "/predict?attributes=age_group&attributes=age_group",
        "/predict-file?attributes=,age_group",
    ):
        told = ask(worded, path)
        assert_attribute(told)
        assert told["probabilities"] == plain["probabilities"]
    (item,) = ask(worded, "/predict-batch?attributes=age_group")["results"]
    assert_attribute(item)


def test_json_asks_for_attributes_too(worded: TestClient) -> None:
    text = base64.b64encode(portrait_jpeg()).decode()
    asked: dict[str, Any] = {"attributes": ["age_group"]}
    assert_attribute(worded.post("/predict", json={"image": text} | asked).json())
    batch = worded.post("/predict-batch", json={"images": [text]} | asked).json()
    assert_attribute(batch["results"][0])
    none = worded.post("/predict?attributes=age_group", json={"image": text, "attributes": []})
    assert "attributes" not in none.json()


@pytest.mark.parametrize("path", ["/predict", "/predict-file", "/predict-batch"])
def test_an_unknown_attribute_is_told_with_the_near_one(worded: TestClient, path: str) -> None:
    files = {"files" if "batch" in path else "file": ("a.jpg", portrait_jpeg())}
    answer = worded.post(f"{path}?attributes=age_groups", files=files)
    problem = assert_problem(answer, 422, "unknown_attribute")
    assert "did you mean 'age_group'?" in problem["detail"]
    text = base64.b64encode(portrait_jpeg()).decode()
    body = {"image": text, "attributes": ["x" * 5000]}
    problem = assert_problem(worded.post("/predict", json=body), 422, "unknown_attribute")
    assert len(problem["detail"]) < 300


def test_the_shipped_model_answers_its_own_alone(client: TestClient, portrait: bytes) -> None:
    files = {"file": ("a.jpg", portrait)}
    answer = client.post("/predict?attributes=race", files=files)
    assert "it has age_group" in assert_problem(answer, 422, "unknown_attribute")["detail"]
    plain = client.post("/predict", files=files).json()
    asked = client.post("/predict?attributes=age_group", files=files).json()
    assert set(asked) - set(plain) == {"attributes"}
    assert asked["probabilities"] == plain["probabilities"]
    (told,) = client.get("/capabilities").json()["heads"][1:]
    assert list(asked["attributes"]["age_group"]["probabilities"]) == told["labels"]


def test_the_settings_may_ask_for_them_always(model: Path, tmp_path: Path) -> None:
    settings = load_settings(
        model=str(model), state_dir=tmp_path, faces="cropped", attributes="age_group"
    )
    with warm_client(create_app(settings)) as client:
        assert_attribute(ask(client))
        assert "attributes" not in ask(client, "/predict?attributes=")


@pytest.mark.parametrize(("kept", "expected"), [("off", False), ("on", True)])
def test_the_history_keeps_attributes_where_its_operator_wants(
    model: Path, tmp_path: Path, kept: str, expected: bool
) -> None:
    settings = load_settings(
        model=str(model), state_dir=tmp_path, faces="cropped", history_attributes=kept
    )
    with warm_client(create_app(settings)) as client:
        told = ask(client, "/predict?attributes=age_group")
        row = client.get(f"/predictions/{told['id']}").json()
        assert row["prediction"] == told["prediction"]
        assert ("attributes" in row["faces"][0]) is expected
        (listed,) = client.get(f"/predictions?prediction={told['prediction']}").json()[
            "predictions"
        ]
        assert listed == row
        unknown = client.get("/predictions?prediction=masculin")
        assert unknown.status_code == 422
        assert "did you mean 'masculine'" in unknown.text


def test_corrections_and_samples_are_in_the_models_words(
    worded: TestClient, tmp_path: Path
) -> None:
    identity = ask(worded)["id"]
    path = f"/predictions/{identity}/feedback"
    assert worded.post(path, json={"label": "androgynous"}).json()["label"] == "androgynous"
    assert worded.get(f"/predictions/{identity}").json()["feedback"] == "androgynous"
    problem = assert_problem(
        worded.post(path, json={"label": "androginous"}), 400, "malformed_request"
    )
    assert "did you mean 'androgynous'?" in problem["detail"]
    sample = {"data": {"label": "masculine"}, "files": {"file": ("a.jpg", portrait_jpeg())}}
    assert worded.post("/samples", **sample).status_code == 201  # type: ignore[arg-type]
    counts = worded.get("/samples").json()
    assert counts["labels"] == {"feminine": 0, "masculine": 1, "androgynous": 0}
    assert len(list((tmp_path / "pool" / "masculine").iterdir())) == 1


def test_what_the_model_answers_is_told(worded: TestClient) -> None:
    assert worded.get("/capabilities").json()["heads"] == HEADS
    assert worded.get("/models").json()["models"][0]["heads"] == HEADS
    told = worded.get("/v2/models/words").json()
    assert told["heads"] == HEADS
    names = ["prediction", "outcome", "confidence", *OUTPUTS, "answer"]
    assert [one["name"] for one in told["outputs"]] == names


def infer(client: TestClient, tensor: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post("/v2/models/words/infer", json={"inputs": [tensor], **more})
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["data"] for one in answer.json()["outputs"]}


def test_tensors_are_named_by_the_labels(worded: TestClient) -> None:
    texts = [base64.b64encode(one).decode() for one in (portrait_jpeg(), b"none")]
    tensor = {"name": "image", "datatype": "BYTES", "shape": [2], "data": texts}
    asked = {"parameters": {"attributes": "age_group"}}
    found = infer(worded, tensor, **asked)
    told = json.loads(found["answer"][0])
    assert [found[name] for name in OUTPUTS] == [
        [share, 0.0] for share in told["probabilities"].values()
    ]
    age = told["attributes"]["age_group"]
    assert found["age_group"] == [age["prediction"], ""]
    assert found["age_group_confidence"] == [age["confidence"], 0.0]
    assert "age_group" not in infer(worded, tensor)
    wrong = {"inputs": [tensor], "parameters": {"attributes": "age"}}
    assert_problem(worded.post("/v2/models/words/infer", json=wrong), 422, "unknown_attribute")


def test_values_give_a_logit_for_each_label(worded: TestClient) -> None:
    values = np.zeros((1, 3, SIZE_PX, SIZE_PX), np.float32)
    values[0, 1] = 1.0
    tensor = {
        "name": "image",
        "datatype": "FP32",
        "shape": list(values.shape),
        "data": values.ravel().tolist(),
    }
    found = infer(worded, tensor, parameters={"attributes": ["age_group"]})
    assert [found[f"logit_{label}"] for label in WORDS.labels] == [[0.0], [10.0], [0.0]]
    assert found["prediction"] == ["masculine"]
    assert found["age_group"] == ["adult"]
