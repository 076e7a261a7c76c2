"""Forced colours, print, reduced motion, names of any script, and only what works."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import running_server
from web.conftest import OpenPage
from web.stage import Service
from web.steps import choose, portrait, wait_for_all

COLOUR = "(one, name) => getComputedStyle(one)[name]"


def test_forced_colours_keep_the_state_of_switches_tabs_and_bars(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page(service.address, forced_colors="active")
    switch = page.get_by_role("switch", name="Smaller uploads")
    off = switch.evaluate(COLOUR, "backgroundColor")
    switch.check()
    assert switch.evaluate(COLOUR, "backgroundColor") != off
    tabs = page.get_by_role("navigation").get_by_role("link")
    here, other = (tabs.nth(i).evaluate(COLOUR, "borderBottomColor") for i in (0, 1))
    assert here != other
    switch.uncheck()
    choose(page, {"portrait.jpg": portrait()})
    wait_for_all(page, 1)
    share, ground = (
        page.locator(f".chosen .meter-{part}").evaluate(COLOUR, "fill")
        for part in ("share", "ground")
    )
    assert share != ground


def test_nothing_moves_for_who_wants_no_motion(open_page: OpenPage, service: Service) -> None:
    page = open_page(service.address, reduced_motion="reduce")
    button = page.get_by_role("button", name="Use camera")
    assert float(button.evaluate(COLOUR, "transitionDuration").removesuffix("s")) < 0.001


def test_on_paper_there_are_answers_and_no_buttons(page: Page) -> None:
    choose(page, {"portrait.jpg": portrait()})
    wait_for_all(page, 1)
    page.emulate_media(media="print")
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator(".card img")).to_be_visible()
    expect(page.get_by_role("button", name="Download CSV")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_be_hidden()


def test_a_name_in_any_script_reads_in_its_own_direction(page: Page) -> None:
    choose(page, {"صورة (1).jpg": portrait(), "portrait.jpg": portrait()})
    wait_for_all(page, 2)
    directions = page.locator(".card h2").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).direction)"
    )
    assert directions == ["rtl", "ltr"]


def test_zoomed_in_by_400_percent_nothing_is_cut_off(open_page: OpenPage, service: Service) -> None:
    page = open_page(service.address, viewport={"width": 320, "height": 256})
    choose(page, {"a.jpg": portrait(), "b.jpg": portrait()})
    wait_for_all(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_an_installation_cannot_do_is_not_offered(tmp_path: Path, open_page: OpenPage) -> None:
    with running_server(create_app(load_settings(history="off", state_dir=tmp_path))) as port:
        page = open_page(f"http://127.0.0.1:{port}/app/")
        choose(page, {"portrait.jpg": portrait()})
        expect(page.locator(".verdict")).to_contain_text("Looks female")
        expect(page.get_by_role("button", name="Heat map")).to_be_visible()
        expect(page.get_by_text("That’s wrong")).to_have_count(0)
        tabs = page.get_by_role("navigation")
        expect(tabs.get_by_role("link", name="Models")).to_be_visible()
        expect(tabs.get_by_role("link", name="Training")).to_have_count(0)
        expect(tabs.get_by_role("link", name="History")).to_have_count(0)
        for name, why in (("training", "nothing to train on"), ("history", "keeps no history")):
            page.goto(f"http://127.0.0.1:{port}/app/#/{name}")
            expect(page.get_by_role("alert")).to_contain_text(why)
            expect(page.locator("main")).not_to_contain_text("GENDERLENS_")


def test_a_refused_camera_says_so_above_its_box(page: Page) -> None:
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => "
        "Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Use camera").click()
    expect(page.get_by_text("The camera is not allowed")).to_be_visible()
    expect(page.locator(".screen")).to_be_hidden()


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        ("undefined", "only over https"),
        ("{enumerateDevices: async () => [], addEventListener() {}}", "No camera is found"),
    ],
)
def test_without_a_camera_none_is_offered_and_one_sentence_says_why(
    open_page: OpenPage, service: Service, devices: str, why: str
) -> None:
    page = open_page("about:blank")
    page.add_init_script(
        f"const found = {devices};"
        "Object.defineProperty(navigator, 'mediaDevices', { get: () => found })"
    )
    page.goto(service.address)
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_role("button", name="Use camera")).to_have_count(0)


@pytest.mark.parametrize("zoom", [2, 4])
@pytest.mark.parametrize(
    "name", ["predict", "history", "models", "compare", "training", "dataset", "card"]
)
def test_no_page_is_cut_off_when_zoomed_in(
    open_page: OpenPage, service: Service, zoom: int, name: str
) -> None:
    viewport = {"width": 1280 // zoom, "height": 1024 // zoom}
    page = open_page(f"{service.address}#/{name}", viewport=viewport)
    expect(page.locator("main h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("name", ["history", "models", "training", "dataset", "card"])
def test_no_page_prints_its_buttons(page: Page, service: Service, name: str) -> None:
    page.goto(f"{service.address}#/{name}")
    expect(page.locator("main h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    controls = page.locator("button, input, summary, .button")
    assert controls.evaluate_all("all => all.filter((one) => one.checkVisibility()).length") == 0
    edges = "all => all.map((one) => getComputedStyle(one).borderTopWidth)"
    assert set(page.locator("select").evaluate_all(edges)) <= {"0px"}
    assert page.locator("body").evaluate(COLOUR, "backgroundColor") == "rgb(255, 255, 255)"


def test_no_page_moves_for_who_wants_no_motion(open_page: OpenPage, service: Service) -> None:
    page = open_page(service.address, reduced_motion="reduce")
    choose(page, {f"{number}.jpg": portrait() for number in range(3)})
    wait_for_all(page, 3)
    moving = """() => document.getAnimations().filter((one) => one.playState === "running").length +
      [...document.querySelectorAll("*")].filter((one) =>
        Math.max(...getComputedStyle(one).transitionDuration.split(",").map(parseFloat)) > 0.001
      ).length"""
    assert page.evaluate(moving) == 0
