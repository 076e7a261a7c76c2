from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import photos
from service.keyed import unreachable_database
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
