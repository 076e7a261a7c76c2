from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
from streamlit.testing.v1 import AppTest

from genderlens.registry.store import open_registry
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import running_server
from tiny_bundles import make_bundle
from ui.shown import problem, says


def test_versions_newest_first(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    settings = load_settings(registry=str(tmp_path / "registry"), model="registry:production")
    registry = open_registry(settings)
    for name in ("first", "second"):
        registry.add(make_bundle(tmp_path / name, name))
    registry.change(lambda state: state.promoted("first-1"))
    registry.change(lambda state: state.with_changes(traffic={"first-1": 90, "second-1": 10}))
    with running_server(create_app(settings)) as port:
        page = visit("models", f"http://127.0.0.1:{port}")
    assert says(page, "first-1")
    table = page.table[0].value
    assert set(table["version"]) == {"first-1", "second-1"}
    assert page.table[1].value["weight"].tolist() == ["90", "10"]


def test_a_failure_is_explained(visit: Callable[..., AppTest], staged: Callable[..., None]) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return problem(503, "database_unavailable")

    staged(handle)
    page = visit("models")
    assert says(page, "cannot reach its database")
    assert page.button(key="retry-models")
