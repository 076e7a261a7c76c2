"""What was answered before, and what people would have said."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

import photos
from web.steps import choose


def test_an_answer_is_corrected_and_deleted(page: Page) -> None:
    picture = photos.encode(photos.portrait().rotate(2))
    choose(page, {"portrait.jpg": picture})
    page.get_by_text("That’s wrong").click()
    page.get_by_role("button", name=re.compile("People would say male")).click()
    expect(page.locator("main").get_by_text("Noted: people would say male")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).click()
    newest = page.locator("tbody tr").first
    expect(newest.get_by_role("combobox")).to_have_value("male")
    picture_id = newest.locator("code").get_attribute("title")
    page.get_by_label("Label").select_option("male")
    expect(page.locator(f'code[title="{picture_id}"]')).to_have_count(0)
    expect(page).to_have_url(re.compile("label=male"))
    page.get_by_label("Label").select_option("")
    expect(newest.locator("code")).to_have_attribute("title", picture_id or "")
    expect(page).to_have_url(re.compile("#/history$"))
    expect(newest.get_by_role("img", name="portrait.jpg")).to_be_visible()
    newest.get_by_role("button", name="Delete").click()
    newest.get_by_role("button", name="Really?").click()
    expect(page.locator(f'code[title="{picture_id}"]')).to_have_count(0)
