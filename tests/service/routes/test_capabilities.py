"""What an installation and a key can do, told before anything is tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import assert_problem, fake_app, open_predictor, portrait_jpeg, warm_client

BOOLEANS = ("keys_needed", "history", "feedback", "samples", "training", "promotion")


def test_the_shipped_model_draws_heat_and_runs_in_browsers(client: TestClient) -> None:
    told = client.get("/capabilities").json()
    assert (told["heat_maps"], told["private_mode"]) == (True, True)
    assert {"jpeg", "png", "webp", "avif"} < set(told["formats"])
    settings = load_settings()
    assert told["max_body_bytes"] == settings.max_body_bytes
    assert told["max_pixels"] == settings.max_pixels


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"history": "off"}, (False, False, False, False, False, False)),
        ({"samples": "s"}, (False, True, True, True, True, False)),
        ({"samples": "s", "history": "off"}, (False, False, False, True, True, False)),
        ({"retrain_sources": {"own": "x"}}, (False, True, False, False, True, False)),
        ({"gate_data": "x"}, (False, True, False, False, False, True)),
        ({"auth": "keys"}, (True, True, False, False, False, False)),
    ],
)
def test_what_the_settings_turn_on_is_told(
    settings: dict[str, object], expected: tuple[bool, ...], tmp_path: Path
) -> None:
    if "samples" in settings:
        settings = settings | {"samples": str(tmp_path / "samples")}
    app = fake_app(open_predictor(), state_dir=tmp_path, **settings)
    with TestClient(app, base_url="http://localhost") as client:
        told = client.get("/capabilities").json()
    assert tuple(told[name] for name in BOOLEANS) == expected


def test_before_the_model_is_there_nothing_is_said_of_it() -> None:
    client = TestClient(create_app(load_settings(history="off")), base_url="http://localhost")
    told = client.get("/capabilities").json()
    assert (told["heat_maps"], told["private_mode"]) == (False, False)


def test_counting_people_has_no_private_mode(tmp_path: Path) -> None:
    app = fake_app(open_predictor(), people="detr", state_dir=tmp_path)
    with warm_client(app) as client:
        assert client.get("/capabilities").json()["private_mode"] is False


def test_a_key_is_told_its_scopes_and_what_it_may_train(tmp_path: Path) -> None:
    sources = {"own": "x"}
    with callers("predict", "train", state_dir=tmp_path, retrain_sources=sources) as (one, two):
        assert one.ask("GET", "/capabilities/key").json() == {
            "scopes": ["predict"],
            "training_sources": [],
            "recipes": [],
        }
        trainer = two.ask("GET", "/capabilities/key").json()
        assert trainer["training_sources"] == ["own"]
        assert trainer["recipes"][0] == load_settings().retrain_recipe
        assert len(trainer["recipes"]) == len(set(trainer["recipes"])) > 1
        wrong = {"Authorization": "Bearer gl_wrong"}
        answer = one.client.get("/capabilities/key", headers=wrong)
        assert_problem(answer, 401, "invalid_key")


def test_the_time_of_an_answer_is_the_services_own(client: TestClient) -> None:
    answer = client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
    name, _, duration = answer.headers["server-timing"].partition(";dur=")
    assert name == "answer"
    assert 0 < float(duration) < 60_000
