"""A real browser, on the real page of a real service; skips where one of them is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

import photos
from genderlens.service.page import INDEX, built_page
from web.stage import Service, furnish, serving

TIMEOUT_MS = 30_000
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium, with a camera before which one person sits."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no browser: install Debian's package chromium")
    if not (built_page() / INDEX).is_file():
        pytest.skip("no page: run 'make page'")
    film = tmp_path_factory.mktemp("camera") / "portrait.mjpeg"
    film.write_bytes(photos.encode(photos.portrait()) * 10)
    camera = f"--use-file-for-fake-video-capture={film}"
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, camera])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that follows a registry of two versions; jobs are shown and not worked on."""
    folder = tmp_path_factory.mktemp("service")
    furnish(folder)
    sources = {"portraits": str(folder)}
    with serving(
        folder, model="registry:production", jobs_here=False, retrain_sources=sources
    ) as service:
        yield service


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens addresses in contexts of their own; any error in a console fails the test."""
    opened: list[Page] = []
    faults: list[str] = []

    def open_one(address: str, **options: Any) -> Page:
        page = browser.new_context(permissions=["camera"], **options).new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.extend(_faults(message)))
        opened.append(page)
        page.goto(address)
        return page

    yield open_one
    for page in opened:
        page.context.close()
    assert faults == []


@pytest.fixture
def page(open_page: OpenPage, service: Service) -> Page:
    return open_page(service.address)


@pytest.fixture
def axe() -> Path:
    """The rules, which `npm ci` brings."""
    path = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("no axe-core: run 'make page'")
    return path


@contextmanager
def no_service(service: Service) -> Iterator[None]:
    """The service is gone meanwhile."""
    service.kill()
    yield
    service.start()


def _faults(message: ConsoleMessage) -> list[str]:
    """Answers with a status of 4xx are logged by browsers and are no fault of the page."""
    text = message.text
    is_fault = message.type in {"error", "warning"} and "Failed to load resource" not in text
    return [text] if is_fault else []
