"""Pictures of every page in light, dark and 360 px wide: `make screenshots`, or

python tests/web/screenshots.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Page, sync_playwright

import photos
from web.stage import furnish, serving
from web.steps import choose, crowd, portrait, wait_for_all

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1180, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 780}, "color_scheme": "light"},
}
PATIENCE_MS = 120_000
PAGES = ("predict", "history", "models", "compare", "training", "dataset", "card")


def main() -> None:
    """Write PAGE-LOOK.png for all of them."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        furnish(folder)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--use-fake-device-for-media-stream"],
        )
        settings = {"model": "registry:production", "jobs_here": False}
        with serving(folder, **settings, retrain_sources={"portraits": name}) as service:
            for look in LOOKS:
                _shoot_all(browser, service.address, look, target)
        browser.close()


def _shoot_all(browser: Browser, address: str, look: str, target: Path) -> None:
    page = browser.new_context(**LOOKS[look]).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    close_up = photos.encode(photos.portrait().crop((100, 0, 360, 260)))
    photos_shown = {"close-up.jpg": close_up, "eileen.jpg": portrait(), "group.jpg": crowd()}
    choose(page, photos_shown | {"note.jpg": b"no picture"})
    wait_for_all(page, 4)
    page.get_by_role("button", name="Each face").click()
    page.get_by_text("2 faces").first.wait_for()
    heat = page.get_by_role("button", name="Heat map")
    if heat.count():
        heat.first.click()
        page.get_by_role("img", name="Heat map").wait_for()
    for name in PAGES:
        page.goto(f"{address}#/{name}")
        _shoot(page, target / f"{name}-{look}.png")
    page.context.close()


def _shoot(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    if path.stem.startswith("training"):
        page.locator(".jobs .log, .jobs .quiet").first.wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=path, full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    sys.stdout.write(f"{path.stem}: {f'too wide by {wide} px' if wide > 0 else 'fits'}\n")


if __name__ == "__main__":
    main()
