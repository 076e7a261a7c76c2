"""Many photos of a camera cost little memory, and give it back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import photos
from web.conftest import QUIET, TIMEOUT_MS
from web.stage import Service
from web.steps import BROWSE, wait_for_all

COUNT = 60
CAMERA = (4000, 3000)
UNDO_S = 30


@pytest.fixture
def lone_browser(browser: Browser) -> Iterator[Browser]:
    """One that shows nothing else, so that its processes are this page's."""
    path = shutil.which("chromium")
    lone = browser.browser_type.launch(executable_path=path, args=list(QUIET))
    yield lone
    lone.close()


@pytest.fixture
def album(tmp_path: Path) -> list[Path]:
    """A photo of 12 megapixels under many names."""
    first = tmp_path / "00.jpg"
    first.write_bytes(photos.encode(photos.portrait().resize(CAMERA), quality=92))
    others = [tmp_path / f"{number:02}.jpg" for number in range(1, COUNT)]
    for path in others:
        os.link(first, path)
    return [first, *others]


def private_mb(browser: Browser) -> float:
    """What all processes of the browser wrote and share with nobody, garbage not counted."""
    page = browser.contexts[0].pages[0]
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(map(_private_mb, (one["id"] for one in found)))


def _private_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="needs Linux's /proc")
def test_sixty_photos_give_their_memory_back(
    lone_browser: Browser,
    service: Service,
    album: list[Path],
    record_property: Callable[[str, object], None],
) -> None:
    page = lone_browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(service.address)
    expect(page.get_by_text("Service ready")).to_be_visible()
    page.wait_for_load_state("networkidle")
    start = private_mb(lone_browser)
    page.get_by_label(BROWSE).set_input_files(album)
    wait_for_all(page, COUNT)
    expect(page.locator(".tile img")).to_have_count(COUNT)
    full = private_mb(lone_browser)
    page.get_by_role("button", name="Clear").click()
    for _ in range(UNDO_S):  # as long as they can be brought back
        page.wait_for_timeout(1000)
        if (cleared := private_mb(lone_browser)) <= 1.2 * start:
            break
    record_property("start_mb", start)
    record_property("full_mb", full)
    record_property("cleared_mb", cleared)
    assert full <= start + COUNT * 4  # an original decoded takes 48 MB
    assert cleared <= 1.2 * start
