"""For everybody: axe's rules, a keyboard alone, narrow screens, nothing that jumps."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from web.conftest import OpenPage
from web.stage import Service
from web.steps import choose, crowd, portrait, wait_for_all

PAGES = ("Predict", "History", "Models", "Compare", "Training", "Data set", "Model card")
RULES = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


def furnished(page: Page) -> Page:
    choose(page, {"portrait.jpg": portrait(), "group.jpg": crowd(), "note.jpg": b"text"})
    wait_for_all(page, 3)
    return page


def visit(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("main h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_page: OpenPage, service: Service, axe: Path, scheme: str
) -> None:
    page = furnished(open_page(service.address, color_scheme=scheme))
    found: list[tuple[str, str, str]] = []
    for name in PAGES:
        visit(page, name)
        page.evaluate(axe.read_text("utf-8"))
        found.extend(
            (name, finding["id"], finding["nodes"][0]["html"][:200])
            for finding in page.evaluate(RULES)["violations"]
            if finding["impact"] in {"serious", "critical"}
        )
    assert not found, "\n".join(map(str, found))


def test_axe_finds_nothing_in_any_state(
    open_page: OpenPage, service: Service, axe: Path, tmp_path: Path
) -> None:
    page = furnished(open_page(service.address, reduced_motion="reduce"))
    page.evaluate(axe.read_text("utf-8"))
    found: list[tuple[str, str, str]] = []

    def look(state: str) -> None:
        found.extend(
            (state, finding["id"], finding["nodes"][0]["html"][:200])
            for finding in page.evaluate(RULES)["violations"]
        )

    look("list")
    page.get_by_text("Options, and what an answer means").click()
    page.get_by_text("What would another threshold do?").click()
    page.get_by_role("button", name="Heat map: portrait.jpg").click()
    expect(page.get_by_role("img", name="Heat map")).to_be_visible()
    look("unfolded")
    page.get_by_role("button", name="Enlarge portrait.jpg").click()
    look("large")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Grid").click()
    look("grid")
    page.get_by_role("button", name="API key").click()
    look("key")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear").click()
    look("cleared")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(portrait())
    page.get_by_role("link", name="Data set").click()
    page.locator("input[webkitdirectory]").set_input_files(str(tmp_path / "photos"))
    page.get_by_role("button", name="Review", exact=True).click()
    look("review")
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_cut_off_on_a_narrow_screen(
    open_page: OpenPage, service: Service, width: int
) -> None:
    page = open_page(service.address, viewport={"width": width, "height": 640})
    choose(page, {"a-very-long-name-" * 12 + ".jpg": portrait()})
    wait_for_all(page, 1)
    for name in PAGES:
        visit(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_nothing_jumps_while_an_answer_arrives(page: Page) -> None:
    furnished(page)
    assert page.evaluate(SHIFTS) < 0.1


def test_a_journey_by_keyboard_alone(page: Page) -> None:
    expect(page.locator("main h1")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        tab_to(page, page.get_by_label("Browse for photos"))
        page.keyboard.press("Enter")
    payload = {"name": "group.jpg", "mimeType": "image/jpeg", "buffer": crowd()}
    chooser.value.set_files(payload)  # type: ignore[arg-type]
    expect(page.locator(".verdict")).to_have_text("Several people")
    tab_to(page, page.get_by_role("button", name="The largest face"))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Looks female")
    page.get_by_role("link", name="Model card", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Model card")
    page.get_by_role("button", name="API key").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def tab_to(page: Page, wanted: object) -> None:
    """Press Tab until it has the focus; fails where it cannot be reached."""
    for _ in range(40):
        if wanted.evaluate("one => one === document.activeElement"):  # type: ignore[attr-defined]
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} cannot be reached by keyboard")
