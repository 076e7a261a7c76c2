"""The page as a person uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

import photos

PORTRAIT = photos.encode(photos.portrait())
CROWD = photos.encode(photos.crowd(2))


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.set_input_files(
        "#files", [{"name": n, "mimeType": "image/jpeg", "buffer": content} for n, content in files]
    )


def test_a_portrait_gets_its_label_bars_and_box(page: Page) -> None:
    choose(page, ("portrait.jpg", PORTRAIT))
    card = page.locator("article")
    expect(card.locator(".verdict")).to_contain_text("looks female")
    expect(card.locator("progress")).to_have_count(2)
    box, image = card.locator(".box").bounding_box(), card.locator("img").bounding_box()
    assert box is not None
    assert image is not None
    x = (box["x"] + box["width"] / 2 - image["x"]) / image["width"]
    y = (box["y"] + box["height"] / 2 - image["y"]) / image["height"]
    assert (x, y) == pytest.approx((224 / 512, 117 / 512), abs=0.02)


def test_refusals_say_what_to_do_and_can_be_tried_again(page: Page) -> None:
    choose(page, ("crowd.jpg", CROWD))
    card = page.locator("article")
    expect(card.locator(".verdict")).to_have_text("several people")
    expect(card.locator(".advice")).to_contain_text("choose above")
    page.select_option("#faces", "all")
    card.get_by_role("button", name="Try again").click()
    expect(card.locator(".verdict")).to_have_text("2 faces")
    expect(card.locator(".box")).to_have_count(2)


def test_several_photos_get_an_answer_each(page: Page) -> None:
    cat = photos.encode(photos.landscapes()["cat"])
    choose(page, ("a.jpg", PORTRAIT), ("b.jpg", cat), ("c.jpg", b"text"))
    verdicts = page.locator(".verdict")
    expect(verdicts).to_contain_text(
        ["not answered", "no person found", "looks female"], timeout=5000
    )


def test_a_file_name_is_never_markup(page: Page) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    choose(page, (name, PORTRAIT))
    expect(page.locator("article h2")).to_have_text(name)
    expect(page.locator("article h2 img")).to_have_count(0)


def test_nothing_is_cut_off_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    choose(page, ("a-very-long-name-" * 12 + ".jpg", PORTRAIT))
    expect(page.locator(".verdict")).to_contain_text("looks")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_can_be_used_by_keyboard(page: Page) -> None:
    focused = []
    for _ in range(4):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id || document.activeElement.href"))
    assert focused[:2] == ["files", "faces"]
    assert all("docs" in link or "model-card" in link for link in focused[2:])


def test_a_server_that_is_gone_is_named(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/app/")
    page.wait_for_selector("#status.ready")
    page.context.set_offline(True)
    choose(page, ("portrait.jpg", PORTRAIT))
    expect(page.locator(".verdict")).to_have_text("no answer")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict")).to_contain_text("looks female")
    page.close()
