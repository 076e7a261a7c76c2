"""The files of private mode: those of the model that answers now."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from genderlens.bundle import default_bundle_path
from genderlens.promotion.promote import promote
from genderlens.registry.store import open_registry
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import assert_problem, warm_client
from tiny_bundles import make_bundle

FACTS = "/app/private/model.json"


@pytest.mark.parametrize("name", ["model", "detector"])
def test_the_facts_name_and_sign_both_networks(client: TestClient, name: str) -> None:
    facts = client.get(FACTS).json()
    answer = client.get(urljoin(FACTS, facts[name]["file"]))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert len(answer.content) == facts[name]["bytes"]
    assert hashlib.sha256(answer.content).hexdigest() == facts[name]["sha256"]
    assert facts[name]["sha256"].startswith(facts[name]["file"].split("?v=")[1])


@pytest.mark.parametrize("name", ["model.json", "model.onnx", "detector.onnx"])
def test_what_a_browser_holds_is_not_sent_again(client: TestClient, name: str) -> None:
    first = client.get(f"/app/private/{name}")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    known = {"if-none-match": f'"other", W/{first.headers["etag"]}'}
    again = client.get(f"/app/private/{name}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/app/private/{name}").headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("name", ["bundle.json", "..%2fmodel.json", "MODEL_CARD.md"])
def test_nothing_else_of_the_bundle_is_given_out(client: TestClient, name: str) -> None:
    assert_problem(client.get(f"/app/private/{name}"), 404, "not_found")


def test_an_ensemble_has_no_private_mode(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(default_bundle_path(), other)
    settings = load_settings(model=f"default,{other}")
    with warm_client(create_app(settings)) as client:
        document = assert_problem(client.get(FACTS), 404, "private_mode_unavailable")
    assert "ensemble of 2 models" in document["detail"]


def test_after_a_promotion_the_new_model_is_given_out(tmp_path: Path) -> None:
    settings = load_settings(model="registry:production", registry=str(tmp_path / "registry"))
    registry = open_registry(settings)
    names = ("first", "second")
    first, second = (registry.add(make_bundle(tmp_path / name, name)) for name in names)
    promote(registry, first, settings, forced="a test")
    with warm_client(create_app(settings)) as client:
        before = client.get(FACTS)
        assert before.json()["version"] == first
        wish = {"force": True, "reason": "a test"}
        assert client.post(f"/models/{second}/promote", json=wish).status_code == 200
        after = client.get(FACTS, headers={"if-none-match": before.headers["etag"]})
        assert after.json()["version"] == second


def test_who_may_not_predict_gets_no_model() -> None:
    with callers("train") as (trainer,):
        assert_problem(trainer.client.get(FACTS), 401, "invalid_key")
        assert_problem(trainer.ask("GET", FACTS), 403, "forbidden")
