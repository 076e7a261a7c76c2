"""A service that asks for keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from web.conftest import OpenPage
from web.stage import serving, settings_in
from web.steps import choose, enter_key, open_options, portrait, use_private_mode


def test_no_key_a_wrong_one_and_the_right_one(tmp_path: Path, open_page: OpenPage) -> None:
    database = open_database(settings_in(tmp_path))
    _, key = create_key(database, "browser", frozenset({"predict"}))
    database.close()
    with serving(tmp_path, auth="keys") as service:
        page = open_page(service.address)
        choose(page, {"portrait.jpg": portrait()})
        expect(page.locator(".verdict")).to_have_text("API key needed")
        expect(page.get_by_text("This service asks for an API key")).to_be_visible()
        open_options(page)
        page.get_by_role("switch", name="Private mode").check()
        expect(page.locator(".where")).to_contain_text("The model was not given out")
        page.get_by_role("switch", name="Private mode").uncheck()
        enter_key(page, "API key", "gl_wrong")
        expect(page.get_by_role("alert")).to_contain_text("does not know this key")
        assert page.evaluate("sessionStorage.getItem('genderlens-api-key')") is None
        page.get_by_label("Key", exact=True).fill(key)
        page.get_by_role("button", name="Use this key").click()
        expect(page.get_by_role("button", name="API key set")).to_be_visible()
        expect(page.locator(".verdict")).to_contain_text("Looks female")  # by itself
        expect(page.get_by_text("This service asks for an API key")).to_have_count(0)
        use_private_mode(page)
        page.goto(f"{service.address}#/training")
        expect(page.get_by_role("alert")).to_contain_text("may not see it")
        assert page.evaluate("localStorage.length") == 0
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        assert key in kept
