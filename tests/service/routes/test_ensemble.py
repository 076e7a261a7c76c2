"""Several bundles and test-time augmentation behind the same routes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from genderlens.bundle import default_bundle_path, load_bundle, write_bundle
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import assert_problem, portrait_jpeg, warm_client


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped bundle once more, under another name."""
    folder = tmp_path_factory.mktemp("bundles") / "other"
    shutil.copytree(default_bundle_path(), folder)
    write_bundle(folder, load_bundle().description.model_copy(update={"name": "other"}))
    return folder


@pytest.fixture(scope="module")
def client(other: Path) -> Iterator[TestClient]:
    with warm_client(create_app(load_settings(model=f"default,{other}", tta="flip"))) as client:
        yield client


def test_every_answer_names_all_members(client: TestClient, other: Path) -> None:
    both = f"{load_bundle().version}+{load_bundle(str(other)).version}"
    answer = client.post("/predict", files={"file": portrait_jpeg()})
    assert answer.status_code == 200
    assert answer.json()["model_version"] == both
    assert answer.json()["prediction"] == "female"
    assert client.get("/health").json()["model_version"] == both
    assert client.get("/").json()["model"] == both


def test_every_member_is_a_model_of_the_protocol(client: TestClient) -> None:
    for name in ("default", "other"):
        assert client.get(f"/v2/models/{name}/ready").json() == {"name": name, "ready": True}
        assert client.get(f"/v2/models/{name}").json()["name"] == name
    problem = assert_problem(client.get("/v2/models/third"), 404, "not_found")
    assert "'other'" in problem["detail"]


def test_every_card_is_shown(client: TestClient) -> None:
    assert client.get("/model-card").text.count("# Model card: ") == 2
