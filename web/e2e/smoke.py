"""Drive the real page against the real service with the real model: python e2e/smoke.py [CHECK…].

Needs `npm run build`, playwright, Chromium at /usr/bin/chromium and the labelled photographs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import stage
from checks import BROWSE, CHECKS
from playwright.sync_api import Browser, Page, expect, sync_playwright
from stage import say

from genderlens.history.database import open_database
from genderlens.history.keys import create_key

ARGUMENTS = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
TIMEOUT_MS = 20_000


def main() -> None:
    """Run the checks; a message of the browser about its policy or a script fails a check."""
    expect.set_options(timeout=TIMEOUT_MS)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        failed = [*_open_service(browser, Path(name)), *_other_services(browser, Path(name))]
        browser.close()
    raise SystemExit(f"failed: {', '.join(failed)}" if failed else 0)


def _open_service(browser: Browser, folder: Path) -> list[str]:
    settings = stage.settings_in(folder)
    stage.furnish(settings, folder)
    with stage.running(settings) as address:
        runs = {
            one.__name__: lambda page, one=one: one(page, address, folder)  # type: ignore[misc]
            for one in CHECKS
        }
        return _failed(runs, browser, address)


def _other_services(browser: Browser, folder: Path) -> list[str]:
    """Those that start services of their own."""
    runs: dict[str, Callable[[Page], None]] = {
        "keys": lambda page: _keys(page, folder / "keys"),
        "killed_and_back": lambda page: _killed_and_back(page, folder / "killed"),
    }
    return _failed(runs, browser, None)


def _keys(page: Page, folder: Path) -> None:
    """No key, a wrong one, the right one."""
    settings = stage.settings_in(folder, auth="keys")
    database = open_database(settings)
    _, key = create_key(database, "smoke", frozenset({"predict"}))
    database.close()
    with stage.running(settings) as address:
        page.goto(address)
        page.get_by_label(BROWSE).set_input_files(stage.photos(1))
        expect(page.locator(".verdict")).to_have_text("API key needed")
        _enter(page, "API key", "gl_wrong")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".verdict")).to_have_text("API key needed")
        _enter(page, "API key set", key)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".verdict")).to_contain_text("Looks")
        page.get_by_role("link", name="Training").click()
        expect(page.get_by_role("alert")).to_contain_text("may not see it")


def _enter(page: Page, button: str, key: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Use this key").click()


def _killed_and_back(page: Page, folder: Path) -> None:
    """A photo without a service, and again with one."""
    settings = stage.settings_in(folder)
    with stage.running(settings) as address:
        page.goto(address)
        expect(page.get_by_text("Service ready")).to_be_visible()
    page.get_by_label(BROWSE).set_input_files(stage.photos(1))
    expect(page.locator(".verdict")).to_have_text("No answer")
    expect(page.get_by_text("Service unreachable")).to_be_visible()
    port = int(address.split(":")[2].split("/")[0])
    with stage.running(settings, port):
        expect(page.get_by_text("Service ready")).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".verdict")).to_contain_text("Looks")


def _failed(
    runs: dict[str, Callable[[Page], None]], browser: Browser, address: str | None
) -> list[str]:
    """Names of the checks that failed, of those named on the command line or all."""
    wanted = [name for name in runs if name in sys.argv[1:] or not sys.argv[1:]]
    return [name for name in wanted if not _passes(name, runs[name], browser, address)]


def _passes(name: str, run: Callable[[Page], None], browser: Browser, address: str | None) -> bool:
    context = browser.new_context(permissions=["camera"])
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if "Content Sec" in one.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        if address:
            page.goto(address)
        run(page)
        assert not said, said
    except Exception as error:
        say(f"FAILED {name}: {str(error)[:1500]}")
        return False
    finally:
        context.close()
    say(f"passed {name}")
    return True


if __name__ == "__main__":
    main()
