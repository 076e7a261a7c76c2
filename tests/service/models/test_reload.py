"""Promotions under a running service: nothing is lost, nothing broken takes over."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from genderlens.bundle import MODEL
from genderlens.registry.store import Registry, open_registry
from genderlens.service.app import create_app
from genderlens.service.models import reload
from genderlens.settings import Settings, load_settings
from service.serving import (
    FakePredictor,
    assert_problem,
    running_server,
    wait_until,
    warm_client,
)
from tiny_bundles import make_bundle


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        model="registry:production",
        registry=str(tmp_path / "registry"),
        registry_poll_s=0.05,
        faces="cropped",
    )


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    """``blue-1`` calls a blue square male and is in production, ``red-1`` calls it female."""
    registry = open_registry(settings)
    for name, gain in (("blue", 10.0), ("red", -10.0)):
        registry.add(make_bundle(tmp_path / name, name, gain=gain))
    registry.change(lambda state: state.promoted("blue-1"))
    return registry


def square(seed: int = 0) -> bytes:
    """A blue square, a little different for each seed."""
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:] = (40, 40, 200)
    pixels[0, 0] = seed
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _ask(client: Any, **options: Any) -> dict[str, Any]:
    answer = client.post("/predict", files={"file": ("a.png", square())}, **options)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_a_promotion_elsewhere_is_followed(settings: Settings, registry: Registry) -> None:
    with warm_client(create_app(settings)) as client:
        assert _ask(client)["prediction"] == "male"
        registry.change(lambda state: state.promoted("red-1"))
        wait_until(lambda: _ask(client)["model_version"] == "red-1")
        assert _ask(client)["prediction"] == "female"
        assert client.get("/health").json()["model_version"] == "red-1"
        assert 'genderlens_model_reloads_total{result="loaded"} 1.0' in client.get("/metrics").text


def test_the_old_model_stays_where_the_new_one_fails(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    model = tmp_path / "registry" / "red-1" / MODEL
    content = model.read_bytes()
    model.write_bytes(b"damaged")
    with warm_client(create_app(settings)) as client:
        registry.change(lambda state: state.promoted("red-1"))
        wait_until(lambda: client.get("/models").json()["reload_error"] is not None)
        assert _ask(client)["model_version"] == "blue-1"
        assert "SHA-256" in client.get("/models").json()["reload_error"]
        assert client.get("/health").status_code == 200
        model.write_bytes(content)
        wait_until(lambda: _ask(client)["model_version"] == "red-1")
        assert client.get("/models").json()["reload_error"] is None


@pytest.mark.parametrize("content", ["{", "", "[]", "\0" * 300])
def test_a_broken_state_changes_nothing_and_is_said(
    settings: Settings, registry: Registry, tmp_path: Path, content: str
) -> None:
    (tmp_path / "registry" / "aliases.json").write_text(content)
    with warm_client(create_app(settings)) as client:
        assert _ask(client)["model_version"] == "blue-1"
        models = client.get("/models").json()
        assert models["production"] == "blue-1"
        assert "aliases.json is not understood" in models["state_error"]
        assert str(tmp_path) not in models["state_error"]
        assert client.put("/models/traffic", json={"weights": {"red-1": 1}}).status_code == 200
        models = client.get("/models").json()
        assert (models["state_error"], models["traffic"]) == (None, {"red-1": 1.0})


def test_a_change_that_takes_long_is_answered_and_told_and_comes_into_service_later(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for it once more meanwhile does not add to what waits."""
    monkeypatch.setattr(reload, "REFRESH_S", 0.3)
    gate, load = threading.Event(), reload.Loader.load

    def slowly(self: reload.Loader, *arguments: Any) -> Any:
        assert gate.wait(60)
        return load(self, *arguments)

    app = create_app(settings.model_copy(update={"registry_poll_s": 3600}))
    with warm_client(app) as client:
        monkeypatch.setattr(reload.Loader, "load", slowly)
        for _ in range(4):
            answer = client.put("/models/traffic", json={"weights": {"red-1": 1}})
            assert answer.status_code == 200
            assert "not in service within 0.3 s" in answer.json()["reload_error"]
            assert answer.json()["serving"] == "blue-1"
            assert _ask(client)["model_version"] == "blue-1"
        assert len(app.state.engine.reloader._looks) == 2
        gate.set()
        wait_until(lambda: client.get("/models").json()["reload_error"] is None)
        assert _ask(client)["model_version"] == "red-1"


def test_a_broken_version_hides_no_other(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "registry" / "red-1" / "bundle.json").write_text("")
    (tmp_path / "registry" / "gone-1").mkdir()
    with warm_client(create_app(settings)) as client:
        models = client.get("/models").json()
        assert [model["version"] for model in models["models"]] == ["blue-1"]
        assert set(models["broken"]) == {"gone-1", "red-1"}
        assert "describes no bundle" in models["broken"]["red-1"]
        assert str(tmp_path) not in str(models["broken"])
        assert client.post("/models/red-1/promote", json={}).status_code == 422
        assert _ask(client)["model_version"] == "blue-1"


@pytest.mark.parametrize("attack", ["unsigned", "link", "changed"])
def test_a_model_card_that_is_not_the_signed_one_is_not_read(
    settings: Settings, registry: Registry, tmp_path: Path, attack: str
) -> None:
    folder = tmp_path / "registry" / "blue-1"
    card, secret = folder / "MODEL_CARD.md", tmp_path / "secret"
    secret.write_text("a secret of the machine")
    if attack == "unsigned":
        description = json.loads((folder / "bundle.json").read_text())
        del description["files"]["MODEL_CARD.md"]
        (folder / "bundle.json").write_text(json.dumps(description))
    with warm_client(create_app(settings)) as client:
        if attack == "link":
            card.unlink()
            card.symlink_to(secret)
        elif attack == "changed":
            card.write_text(secret.read_text())
        answer = client.get("/model-card")
    assert answer.status_code == (404 if attack == "unsigned" else 422)
    assert "secret of" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_production_nothing_is_served_and_the_reason_is_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost") as client:
        wait_until(lambda: app.state.engine.failed)
        assert "version_not_found" in client.get("/health").json()["detail"]
    assert "no version is production" in caplog.text


def test_no_request_is_lost_while_models_change(settings: Settings, registry: Registry) -> None:
    """Clients ask without a pause through twelve promotions; every answer is whole and 200."""
    seen: list[tuple[int, str, str]] = []
    done = threading.Event()

    async def client(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            while not done.is_set():
                answer = await http.post("/predict", files={"file": ("a.png", square())})
                body = answer.json()
                seen.append((answer.status_code, body["model_version"], body["prediction"]))

    async def clients(port: int) -> None:
        await asyncio.gather(*(client(port) for _ in range(4)))

    app = create_app(settings)
    with running_server(app) as port:
        asking = threading.Thread(target=lambda: asyncio.run(clients(port)))
        asking.start()
        for turn in range(12):
            version = ("red-1", "blue-1")[turn % 2]
            registry.change(lambda state, version=version: state.promoted(version))
            wait_until(lambda v=version: app.state.engine.model_version == v)  # type: ignore[misc]
        done.set()
        asking.join()
    assert {status for status, _, _ in seen} == {200}
    truth = {"blue-1": "male", "red-1": "female"}
    assert {version for _, version, _ in seen} == set(truth)
    assert all(prediction == truth[version] for _, version, prediction in seen)


def test_the_split_is_sticky_counted_and_pinned_past(
    settings: Settings, registry: Registry
) -> None:
    registry.change(lambda state: state.with_changes(traffic={"blue-1": 1.0, "red-1": 1.0}))
    with warm_client(create_app(settings)) as client:
        pictures = [square(seed) for seed in range(40)]

        def ask_all() -> list[str]:
            posts = (client.post("/predict", files={"file": ("a.png", p)}) for p in pictures)
            return [post.json()["model_version"] for post in posts]

        first = ask_all()
        assert ask_all() == first
        assert 8 < first.count("red-1") < 32
        assert {_ask(client, params={"model": "red-1"})["prediction"] for _ in range(3)} == {
            "female"
        }
        assert _ask(client, params={"model": "production"})["prediction"] == "male"
        pinned = client.post(
            "/predict-batch?model=red-1", files=[("files", ("a.png", p)) for p in pictures[:3]]
        )
        assert {item["model_version"] for item in pinned.json()["results"]} == {"red-1"}
        unknown = client.post("/predict?model=other-1", files={"file": ("a.png", square())})
        assert "served are blue-1" in assert_problem(unknown, 404, "version_not_found")["detail"]
        text = client.get("/metrics").text
    for version in ("blue-1", "red-1"):
        assert f'genderlens_model_traffic_ratio{{model_version="{version}"}} 0.5' in text
        assert f'genderlens_model_duration_seconds_count{{model_version="{version}"}}' in text


def test_a_service_of_a_fixed_model_follows_nothing(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    fixed = settings.model_copy(update={"model": str(tmp_path / "red")})
    with warm_client(create_app(fixed)) as client:
        models = client.get("/models").json()
        assert (models["follows_registry"], models["serving"]) == (False, "red-1")
        assert models["production"] == "blue-1"
        assert _ask(client)["model_version"] == "red-1"


def test_a_model_is_warmed_by_as_many_threads_at_once_as_will_use_it() -> None:
    together = threading.Barrier(3)

    class Warmed(FakePredictor):
        def warm_up(self) -> None:
            together.wait(timeout=60)

    loader = reload.Loader(load_settings(workers=3), lambda _: cast(Any, Warmed()))
    assert loader.load(None, None).main_predictor.version == Warmed().version
    assert not together.broken
