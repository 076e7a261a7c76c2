"""A real browser on the real page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from genderlens.service.app import create_app
from genderlens.settings import Settings
from service.serving import running_server

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skips where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no browser: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_server(create_app(Settings())) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, warm; any error in its console fails the test."""
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)
    page.goto(f"{address}/")
    page.wait_for_selector("#status.ready")
    yield page
    page.close()
    assert errors == []


def _is_fault(message: object) -> bool:
    """Refusals are answers with a status of 4xx, which browsers log; they are no fault."""
    kind, text = getattr(message, "type", ""), getattr(message, "text", "")
    return kind in {"error", "warning"} and not text.startswith("Failed to load resource")
