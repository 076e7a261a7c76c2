"""What was answered before, and what people would have said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import photos
from web.conftest import OpenPage
from web.stage import Service
from web.steps import choose, portrait, wait_for_all
from web.test_dataset import open_folder


def test_photos_of_this_visit_are_shown_and_all_are_counted(page: Page, tmp_path: Path) -> None:
    choose(page, {"again.jpg": photos.encode(photos.crowd(2))})
    page.get_by_role("button", name="Each face").click()
    expect(page.locator(".verdict")).to_have_text("2 faces")
    page.get_by_role("link", name="Data set").click()
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "reviewed.jpg").write_bytes(portrait())
    open_folder(page, tmp_path / "album")
    page.get_by_role("button", name="Ask about 1 photo").click()
    expect(page.get_by_role("region", name="Counts")).to_contain_text("female")
    page.get_by_role("link", name="History", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows.nth(0).get_by_role("img", name="reviewed.jpg")).to_be_visible()
    for row in (1, 2):  # the refusal and the answer after it are about the same photo
        expect(rows.nth(row).get_by_role("img", name="again.jpg")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Answers 1 – \d+ of \d+$"))).to_be_visible()
    page.reload()
    expect(rows.nth(0)).to_be_visible()
    expect(rows.get_by_role("img")).to_have_count(0)


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


@pytest.mark.parametrize("width", [360, 768])
def test_rows_are_cards_where_a_table_would_not_fit(
    service: Service, open_page: OpenPage, width: int
) -> None:
    page = open_page(service.address, viewport={"width": width, "height": 900})
    choose(page, {"portrait.jpg": portrait()})
    wait_for_all(page, 1)
    page.goto(f"{service.address}#/history")
    newest = page.locator("tbody tr").first
    for part in (newest.get_by_role("combobox"), newest.get_by_role("button", name="Delete")):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
