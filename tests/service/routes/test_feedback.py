from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from genderlens.history.identifiers import create_id
from service.serving import assert_problem, fake_app, open_predictor, warm_client


@pytest.fixture
def app_client(tmp_path: Path) -> Iterator[TestClient]:
    app = fake_app(open_predictor(), samples=str(tmp_path / "pool"))
    with warm_client(app) as client:
        yield client


def predict(client: TestClient, content: bytes) -> str:
    identity: str = client.post("/predict", files={"file": ("a.jpg", content)}).json()["id"]
    return identity


def correct(client: TestClient, identity: str, **arguments: Any) -> Any:
    return client.post(f"/predictions/{identity}/feedback", **arguments)


def test_the_last_label_wins(app_client: TestClient, portrait: bytes, tmp_path: Path) -> None:
    identity = predict(app_client, portrait)
    answer = correct(app_client, identity, json={"label": "male"})
    assert answer.json() == {"id": identity, "label": "male", "sample": None}
    assert correct(app_client, identity, data={"label": "female"}).status_code == 415
    multipart = {"data": {"label": "female"}, "files": {"unrelated": ("x", b"x")}}
    assert correct(app_client, identity, **multipart).json()["label"] == "female"
    assert app_client.get(f"/predictions/{identity}").json()["feedback"] == "female"
    assert not (tmp_path / "pool").exists()


def test_the_same_picture_joins_the_pool(
    app_client: TestClient, portrait: bytes, tmp_path: Path
) -> None:
    identity = predict(app_client, portrait)
    parts: dict[str, Any] = {"data": {"label": "female"}, "files": {"file": ("x", portrait)}}
    sample = correct(app_client, identity, **parts).json()["sample"]
    assert [path.name for path in (tmp_path / "pool" / "female").iterdir()] == [f"{sample}.jpg"]
    other = parts | {"data": {"label": "male"}}
    assert_problem(correct(app_client, identity, **other), 409, "label_conflict")
    assert app_client.get(f"/predictions/{identity}").json()["feedback"] == "female"


def test_another_picture_does_not(app_client: TestClient, portrait: bytes, tmp_path: Path) -> None:
    identity = predict(app_client, portrait)
    parts = {"data": {"label": "female"}, "files": {"file": ("x", portrait + b" ")}}
    assert_problem(correct(app_client, identity, **parts), 422, "picture_mismatch")
    assert not (tmp_path / "pool").exists()
    assert app_client.get(f"/predictions/{identity}").json()["feedback"] is None


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        ({"json": {"label": "person"}}, 400, "malformed_request"),
        ({"json": {"label": None}}, 400, "malformed_request"),
        ({"json": ["female"]}, 400, "malformed_request"),
        ({"json": {"label": {"$ne": 1}}}, 400, "malformed_request"),
        ({"json": {"label": "female", "x": "y" * 5000}}, 413, "body_too_large"),
        (
            {"content": b"{", "headers": {"Content-Type": "application/json"}},
            400,
            "malformed_request",
        ),
        ({"content": b"label=female"}, 415, "unsupported_media_type"),
        ({"files": {"file": ("x", b"x")}}, 400, "malformed_request"),
    ],
)
def test_what_is_no_correction(
    app_client: TestClient, portrait: bytes, arguments: dict[str, Any], status: int, code: str
) -> None:
    identity = predict(app_client, portrait)
    assert_problem(correct(app_client, identity, **arguments), status, code)


@pytest.mark.parametrize("identity", [create_id(), "x", "' OR 1=1 --"], ids=len)
def test_what_never_was_cannot_be_corrected(app_client: TestClient, identity: str) -> None:
    assert_problem(correct(app_client, identity, json={"label": "male"}), 404, "not_found")


def test_off_unless_there_is_a_place_for_samples(portrait: bytes, tmp_path: Path) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        identity = predict(client, portrait)
        assert_problem(correct(client, identity, json={"label": "male"}), 403, "turned_off")
    app = fake_app(open_predictor(), history="off", samples=str(tmp_path / "pool"))
    with warm_client(app) as client:
        answer = correct(client, create_id(), json={"label": "male"})
        assert_problem(answer, 403, "turned_off")
