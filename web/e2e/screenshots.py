"""Pictures of every page in light, dark and 360 px wide: python e2e/screenshots.py FOLDER."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import stage
from playwright.sync_api import Browser, expect, sync_playwright

LOOKS = {
    "light": {"viewport": {"width": 1180, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 780}, "color_scheme": "light"},
}
PAGES = ("predict", "history", "models", "training", "card")


def main() -> None:
    """Write PAGE-LOOK.png for all of them."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        settings = stage.settings_in(folder)
        stage.furnish(settings, folder)
        note = folder / "note.jpg"
        note.write_text("no picture")
        files = [note, stage.group_photo(), *stage.photos(2, 30)]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        with stage.running(settings) as address:
            for look in LOOKS:
                _shoot(browser, address, look, files, target)
        browser.close()


def _shoot(browser: Browser, address: str, look: str, files: list[Path], target: Path) -> None:
    page = browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_label("Browse for photos").set_input_files(files)
    expect(page.get_by_text(f"{len(files)} of {len(files)} photos done")).to_be_visible()
    for name in PAGES:
        page.goto(f"{address}#/{name}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)
        page.screenshot(path=target / f"{name}-{look}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        sys.stdout.write(f"{name}-{look}: {f'too wide by {wide}' if wide > 0 else 'fits'}\n")
    page.context.close()


if __name__ == "__main__":
    main()
