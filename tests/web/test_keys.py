"""A service that asks for keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from web.conftest import OpenPage
from web.stage import serving, settings_in
from web.steps import choose, enter_key, portrait, use_private_mode


def test_no_key_a_wrong_one_and_the_right_one(tmp_path: Path, open_page: OpenPage) -> None:
    database = open_database(settings_in(tmp_path))
    _, key = create_key(database, "browser", frozenset({"predict"}))
    database.close()
    with serving(tmp_path, auth="keys") as service:
        page = open_page(service.address)
        choose(page, {"portrait.jpg": portrait()})
        expect(page.locator(".verdict")).to_have_text("API key needed")
        page.get_by_role("switch", name="Private mode").check()
        expect(page.get_by_text("The model was not given out")).to_be_visible()
        page.get_by_role("switch", name="Private mode").uncheck()
        enter_key(page, "API key", "gl_wrong")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".verdict")).to_have_text("API key needed")
        enter_key(page, "API key set", key)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".verdict")).to_contain_text("Looks female")
        use_private_mode(page)
        page.get_by_role("link", name="Training", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("may not see it")
        assert page.evaluate("localStorage.length") == 0
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        assert key in kept
