"""The page as a person with photos uses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import photos
from web.conftest import OpenPage, no_service
from web.stage import Service, serving
from web.steps import choose, crowd, portrait, wait_for_all


def test_a_portrait_gets_its_label_bars_and_box(page: Page) -> None:
    choose(page, {"portrait.jpg": portrait()})
    card = page.locator(".card")
    expect(card.locator(".verdict")).to_have_text(re.compile(r"Looks female, \d+\.\d % sure"))
    expect(card.get_by_role("meter")).to_have_count(2)
    box, image = card.locator(".box").bounding_box(), card.locator("img").bounding_box()
    assert box is not None
    assert image is not None
    x = (box["x"] + box["width"] / 2 - image["x"]) / image["width"]
    y = (box["y"] + box["height"] / 2 - image["y"]) / image["height"]
    assert (x, y) == pytest.approx((224 / 512, 117 / 512), abs=0.02)


def test_a_group_is_asked_about_on_its_card(page: Page) -> None:
    choose(page, {"group.jpg": crowd()})
    card = page.locator(".card")
    expect(card.locator(".verdict")).to_have_text("Several people")
    expect(card.locator(".advice")).to_contain_text("Say for which")
    card.get_by_role("button", name="Each face").click()
    expect(card.locator(".verdict")).to_have_text("2 faces")
    expect(card.locator(".box")).to_have_count(2)
    expect(card.locator(".box-number")).to_have_text(["1", "2"])


def test_a_text_file_is_refused(page: Page) -> None:
    choose(page, {"note.jpg": b"no picture"})
    expect(page.locator(".verdict")).to_have_text("Not a picture")
    expect(page.locator(".advice")).to_contain_text("Save it as JPEG or PNG")


def test_ten_at_once_get_an_answer_each_and_a_table(page: Page) -> None:
    image = photos.portrait()
    files = {f"{i}.jpg": photos.encode(image.rotate(i), quality=90) for i in range(9)}
    choose(page, files | {"9.jpg": b"no picture"})
    wait_for_all(page, 10)
    expect(page.locator(".card .verdict").filter(has_text="female")).to_have_count(9)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 11
    assert sum("unsupported_format" in line for line in lines) == 1


def test_a_photo_from_the_camera_is_answered(page: Page) -> None:
    page.get_by_role("button", name="Use camera").click()
    page.get_by_role("button", name="Take photo").click()
    wait_for_all(page, 1)
    expect(page.locator(".card h2")).to_have_text("camera-1.jpg")
    expect(page.locator(".card .verdict")).to_contain_text("Looks female")


def test_a_file_name_is_never_markup(page: Page) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    choose(page, {name: portrait()})
    expect(page.locator(".card h2")).to_have_text(name)
    expect(page.locator(".card h2 img")).to_have_count(0)


def test_the_heat_map_is_drawn_on_demand(page: Page) -> None:
    choose(page, {"portrait.jpg": portrait()})
    page.get_by_role("button", name="Heat map").click()
    picture = page.get_by_role("img", name=re.compile("Heat map of"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_each_face_of_a_group_has_a_heat_map_of_its_own(page: Page) -> None:
    choose(page, {"two.jpg": photos.encode(photos.crowd(2))})
    page.get_by_role("button", name="Each face").click()
    page.get_by_role("button", name="Heat map").click()
    for face in (1, 2):
        expect(page.get_by_role("img", name=f"Heat map of face {face} in two.jpg")).to_be_visible()


def test_a_service_that_is_killed_is_named_and_answers_once_it_is_back(
    tmp_path: Path, open_page: OpenPage
) -> None:
    with serving(tmp_path / "service") as service:
        page = open_page(service.address)
        expect(page.get_by_text("Service ready")).to_be_visible()
        with no_service(service):
            choose(page, {"portrait.jpg": portrait()})
            expect(page.locator(".verdict")).to_have_text("No answer")
            expect(page.get_by_text("Service unreachable")).to_be_visible()
        expect(page.get_by_text("Service ready")).to_be_visible()
        expect(page.locator(".verdict")).to_contain_text("Looks female")  # by itself


def test_the_first_visit_loads_at_most_120_kb(service: Service, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    loaded: dict[str, int] = {}
    page.on("requestfinished", lambda one: loaded.update({one.url: _received(one)}))
    page.goto(service.address)
    expect(page.get_by_text("Service ready")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert 0 < sum(loaded.values()) <= 120_000, loaded


def _received(request: object) -> int:
    """Of the body as it came, which is compressed."""
    return int(request.sizes()["responseBodySize"])  # type: ignore[attr-defined]
