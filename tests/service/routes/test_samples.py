from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import photos
from service.keyed import callers, unreachable_database
from service.serving import assert_problem, fake_app, open_predictor, warm_client


@pytest.fixture(params=["on", "off"])
def app_client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestClient]:
    """With and without a history beside the pool."""
    settings = {"history": request.param, "samples": str(tmp_path / "pool"), "max_samples": 1}
    with warm_client(fake_app(open_predictor(), **settings)) as client:
        yield client


def add(client: TestClient, content: bytes, label: str = "female") -> Any:
    return client.post("/samples", data={"label": label}, files={"file": ("../x", content)})


def test_a_picture_is_added_once(app_client: TestClient, portrait: bytes, tmp_path: Path) -> None:
    first, second = add(app_client, portrait), add(app_client, portrait)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() | {"new": True}
    (path,) = (tmp_path / "pool" / "female").iterdir()
    assert path.name == f"{first.json()['sha256']}.jpg"
    assert path.read_bytes() != portrait
    assert_problem(add(app_client, portrait, "male"), 409, "label_conflict")
    other = photos.encode(photos.crowd(2))
    assert_problem(add(app_client, other), 507, "pool_full")


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        ({"data": {"label": "x"}, "files": {"file": ("x", b"x")}}, 400, "malformed_request"),
        ({"files": {"file": ("x", b"x")}}, 400, "malformed_request"),
        ({"data": {"label": "male"}, "files": {"other": ("x", b"x")}}, 400, "missing_file"),
        ({"data": {"label": "male"}, "files": {"file": ("x", b"text")}}, 415, "unsupported_format"),
        ({"json": {"label": "male"}}, 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_sample(
    app_client: TestClient, arguments: dict[str, Any], status: int, code: str, tmp_path: Path
) -> None:
    assert_problem(app_client.post("/samples", **arguments), status, code)
    assert not (tmp_path / "pool").exists()


def test_off_by_default_and_refused_unread(portrait: bytes) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert_problem(add(client, portrait), 403, "turned_off")


def test_without_the_database_nothing_is_taken(portrait: bytes, tmp_path: Path) -> None:
    place = str(tmp_path / "pool")
    app = fake_app(open_predictor(), samples=place, database_url=unreachable_database())
    with warm_client(app) as client:
        assert_problem(add(client, portrait), 503, "database_unavailable")
    assert not Path(place).exists()


def counts(client: TestClient) -> Any:
    return client.get("/samples").json()


def test_samples_are_counted_and_removed(tmp_path: Path, portrait: bytes) -> None:
    place = tmp_path / "pool"
    with warm_client(fake_app(open_predictor(), samples=str(place), max_samples=9)) as client:
        hashes = [
            add(client, content, label).json()["sha256"]
            for content, label in (
                (portrait, "female"),
                (photos.encode(photos.crowd(2)), "male"),
                (photos.encode(photos.crowd(3)), "male"),
            )
        ]
        assert counts(client) == {"count": 3, "labels": {"female": 1, "male": 2}, "limit": 9}
        assert client.delete(f"/samples/{hashes[0]}").status_code == 204
        assert_problem(client.delete(f"/samples/{hashes[0]}"), 404, "not_found")
        assert_problem(client.delete("/samples/..%2Fmale"), 404, "not_found")
        past = {"before": "2020-01-01T00:00:00Z"}
        assert client.delete("/samples", params=past).json() == {"deleted": 0}
        later = {"before": "2999-01-01T00:00:00+05:00"}
        assert client.delete("/samples", params=later).json() == {"deleted": 2}
        assert counts(client)["labels"] == {"female": 0, "male": 0}
        assert [path for path in place.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"all": "false"},
        {"all": "true", "before": "2020-01-01T00:00:00Z"},
        {"before": "2020-01-01T00:00:00"},
        {"before": "x"},
    ],
)
def test_a_removal_says_what_it_means(
    app_client: TestClient, portrait: bytes, parameters: dict[str, str]
) -> None:
    add(app_client, portrait)
    answer = app_client.delete("/samples", params=parameters)
    assert_problem(answer, 422, "invalid_parameter")
    assert counts(app_client)["count"] == 1


def test_a_key_removes_what_it_sent_and_admin_everything(tmp_path: Path, portrait: bytes) -> None:
    place = str(tmp_path / "pool")
    with callers("train", "train", "admin", "predict", samples=place) as (mine, other, admin, no):
        parts = {"data": {"label": "male"}, "files": {"file": ("x", portrait)}}
        sha256 = mine.ask("POST", "/samples", **parts).json()["sha256"]
        assert other.ask("DELETE", "/samples", params={"all": True}).json() == {"deleted": 0}
        assert_problem(other.ask("DELETE", f"/samples/{sha256}"), 404, "not_found")
        assert other.ask("GET", "/samples").json()["count"] == 1
        for method in ("GET", "DELETE"):
            assert_problem(no.ask(method, "/samples"), 403, "forbidden")
        assert admin.ask("DELETE", "/samples", params={"all": True}).json() == {"deleted": 1}


def test_without_a_pool_there_is_nothing_to_count(portrait: bytes) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        for method, path in (("GET", "/samples"), ("DELETE", "/samples"), ("DELETE", "/samples/x")):
            answer = client.request(method, path, params={"all": "true"})
            assert_problem(answer, 403, "turned_off")
