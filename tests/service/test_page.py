"""The page that a browser gets."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from starlette.testclient import TestClient


def test_a_browser_is_led_to_the_page(client: TestClient) -> None:
    answer = client.get("/", headers={"accept": "text/html"})
    assert answer.url.path == "/app/"
    assert answer.status_code == 200
    assert "<h1>genderlens</h1>" in answer.text


@pytest.mark.parametrize("name", ["app.js", "style.css", "icon.svg"])
def test_what_the_page_names_is_served(client: TestClient, name: str) -> None:
    assert f'"{name}"' in client.get("/app/").text
    answer = client.get(f"/app/{name}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_forbids_inline_script_and_other_hosts(client: TestClient) -> None:
    answer = client.get("/app/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|https?://", answer.text)


def test_names_and_answers_are_never_written_as_html() -> None:
    script = (resources.files("genderlens.service") / "page" / "app.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_every_code_that_a_photo_can_get_is_explained() -> None:
    from genderlens import errors

    script = (resources.files("genderlens.service") / "page" / "app.js").read_text("utf-8")
    for kind in errors.ImageError.__subclasses__():
        assert f"{kind.code}:" in script, kind.code


@pytest.mark.parametrize("path", ["/app/../errors.py", "/app/%2e%2e/errors.py", "/app/none.js"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_model_card(client: TestClient) -> None:
    answer = client.get("/model-card")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# Model card: default")
