"""Once a photo is chosen, its answer is what is in view."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

import photos
from web.conftest import OpenPage
from web.stage import Service
from web.steps import choose, crowd, drop, portrait, wait_for_all

PHONE = {"width": 360, "height": 640}


def is_in_view(place: Locator) -> bool:
    box = place.bounding_box()
    height = place.evaluate("innerHeight")
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


def test_on_a_phone_the_verdict_and_its_picture_are_on_the_screen(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page(service.address, viewport=PHONE, reduced_motion="reduce")
    choose(page, {"portrait.jpg": portrait()})
    expect(page.locator(".verdict")).to_contain_text("Looks female")
    assert is_in_view(page.locator(".verdict"))
    assert is_in_view(page.locator(".card img"))
    choose(page, {"second.jpg": portrait()})
    wait_for_all(page, 2)
    assert is_in_view(page.locator(".card", has_text="second.jpg").locator(".verdict"))


def test_on_a_phone_what_the_camera_took_is_on_the_screen(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page(service.address, viewport=PHONE, reduced_motion="reduce")
    page.get_by_role("button", name="Use camera").click()
    page.get_by_role("button", name="Take photo").click()
    expect(page.locator(".verdict")).to_contain_text("female")
    assert is_in_view(page.locator(".verdict"))


def test_what_was_needed_to_choose_is_folded_away(page: Page) -> None:
    expect(page.locator(".responsible")).to_be_visible()
    choose(page, {"portrait.jpg": portrait()})
    wait_for_all(page, 1)
    expect(page.locator(".responsible")).to_be_hidden()
    page.get_by_text("Options, and what an answer means").click()
    expect(page.locator(".responsible")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Drop photos here")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("an astronaut", "female"), ("a cameraman", "male"), ("two people", "Several people")],
)
def test_a_sample_is_answered_with_one_click(page: Page, name: str, verdict: str) -> None:
    page.get_by_role("button", name=f"Try {name}").click()
    expect(page.locator(".card .verdict")).to_contain_text(verdict)
    expect(page.locator(".card .frame img")).to_be_visible()


def test_an_answer_is_announced_once_by_name(page: Page) -> None:
    region = page.get_by_role("status")
    expect(region).to_have_count(1)
    choose(page, {"portrait.jpg": portrait()})
    expect(region).to_have_text(re.compile(r"^portrait\.jpg: Looks female, \d+\.\d % sure$"))


def test_many_answers_are_announced_together(page: Page) -> None:
    page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => window.told.push(
            document.querySelector('[role=status]').textContent)
          ).observe(document.querySelector('[role=status]'), {
            childList: true, characterData: true, subtree: true });
        }"""
    )
    image = photos.portrait()
    choose(page, {f"{i}.jpg": photos.encode(image.rotate(i)) for i in range(12)})
    wait_for_all(page, 12)
    expect(page.get_by_role("status")).to_contain_text("12 of 12 photos done")
    told = page.evaluate("window.told")
    assert 0 < len(told) <= 6, told


def test_a_picture_opens_large_with_its_boxes_and_closes(page: Page) -> None:
    choose(page, {"group.jpg": crowd()})
    page.get_by_role("button", name="Each face: group.jpg").click()
    expect(page.locator(".card .verdict")).to_have_text("2 faces")
    page.get_by_role("button", name="Enlarge group.jpg").click()
    dialog = page.get_by_role("dialog", name="group.jpg")
    expect(dialog.locator(".original img")).to_have_js_property("naturalWidth", 1024)
    expect(dialog.locator(".box-number")).to_have_text(["1", "2"])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Enlarge group.jpg")).to_be_focused()


def test_the_threshold_is_drawn_and_another_one_can_be_tried(page: Page) -> None:
    choose(page, {"portrait.jpg": portrait()})
    expect(page.locator(".verdict")).to_contain_text("Looks female")
    expect(page.locator(".card .meter-limit")).to_have_count(2)
    page.get_by_text("What would another threshold do?").click()
    page.get_by_role("slider").fill("0.99")
    expect(page.locator(".verdict")).to_have_text("Uncertain")
    page.get_by_role("button", name="Back to the service’s").click()
    expect(page.locator(".verdict")).to_contain_text("Looks female")


@pytest.mark.parametrize("name", ["History", "Models", "Model card"])
def test_a_drop_on_any_page_is_answered(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("main h1").first).to_be_visible()
    drop(page, {"portrait.jpg": portrait()})
    expect(page.locator(".card .verdict")).to_contain_text("Looks female")
    expect(page).to_have_url(re.compile("#/predict$"))
