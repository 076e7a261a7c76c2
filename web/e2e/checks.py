"""What a person does on the page, each a check of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stage
from PIL import Image
from playwright.sync_api import Page, expect
from stage import say

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
UNTURN = {
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""What undoes an EXIF orientation, so that the picture is upright once it is obeyed."""
BROWSE = "Browse for photos"
CHECKS: list[Callable[[Page, str, Path], None]] = []


def check(function: Callable[[Page, str, Path], None]) -> Callable[[Page, str, Path], None]:
    """Each check gets a fresh page that shows the first view."""
    CHECKS.append(function)
    return function


@check
def single_photo(page: Page, address: str, folder: Path) -> None:
    """A label with its confidence, and a box on the preview."""
    page.get_by_label(BROWSE).set_input_files(stage.photos(1))
    expect(page.locator(".verdict")).to_have_text(_re(r"Looks (fe)?male, \d+\.\d % sure"))
    expect(page.locator(".card .box")).to_have_count(1)
    expect(page.get_by_role("meter")).to_have_count(2)


@check
def group_and_text(page: Page, address: str, folder: Path) -> None:
    """A group is refused and may be asked about anew; a text file is no picture."""
    note = folder / "note.jpg"
    note.write_text("no picture")
    page.get_by_label(BROWSE).set_input_files([stage.group_photo()])
    expect(page.locator(".verdict")).to_have_text("Several people")
    page.get_by_role("combobox").select_option("all")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict")).to_have_text(_re(r"\d+ faces"))
    page.get_by_label(BROWSE).set_input_files([note])
    expect(page.locator(".verdict").first).to_have_text("Not a picture")


@check
def ten_photos(page: Page, address: str, folder: Path) -> None:
    """Ten at once, and the session as CSV."""
    page.get_by_label(BROWSE).set_input_files(stage.photos(10))
    expect(page.get_by_text("10 of 10 photos done")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 11, lines


@check
def webcam(page: Page, address: str, folder: Path) -> None:
    """A photo from the camera is answered, whatever is said about it."""
    page.get_by_role("button", name="Use camera").click()
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_text("1 of 1 photo done")).to_be_visible()
    expect(page.locator(".card h2")).to_have_text("camera-1.jpg")


@check
def private_mode(page: Page, address: str, folder: Path) -> None:
    """Without a network once loaded, within 1e-3 of the service."""
    paths = [*stage.photos(8, 100), *_oriented(folder)]
    page.get_by_label(BROWSE).set_input_files(paths)
    expect(page.get_by_text(f"{len(paths)} of {len(paths)} photos done")).to_be_visible()
    served = _session(page)
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("switch", name="Private mode").check()
    expect(page.get_by_text("It is loaded")).to_be_visible(timeout=60_000)
    page.context.set_offline(True)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_label(BROWSE).set_input_files(paths)
    done = page.get_by_text(f"{len(paths)} of {len(paths)} photos done")
    expect(done).to_be_visible(timeout=120_000)
    here = _session(page)
    page.context.set_offline(False)
    assert not [url for url in requests if "predict" in url], requests
    gaps = [_gap(served[name], here[name]) for name in served]
    say(f"    largest gap of {len(gaps)}: {max(gaps):.6f}")
    assert max(gaps) <= 1e-3, gaps


@check
def live_answers(page: Page, address: str, folder: Path) -> None:
    """Frame after frame in private mode; the fake camera shows nobody."""
    page.get_by_role("switch", name="Private mode").check()
    page.get_by_role("button", name="Use camera").click()
    page.get_by_role("button", name="Live answers").click()
    expect(page.locator(".live-words")).to_have_text("No face found", timeout=60_000)


@check
def history_and_feedback(page: Page, address: str, folder: Path) -> None:
    """What was answered is there, can be corrected and deleted."""
    page.get_by_label(BROWSE).set_input_files(stage.photos(1, 50))
    page.get_by_text("That’s wrong").click()
    page.get_by_role("button", name=_re("People would say female")).click()
    expect(page.get_by_text("Noted: people would say female")).to_be_visible()
    page.get_by_role("link", name="History").click()
    rows = page.locator("tbody tr")
    expect(rows.first.get_by_role("combobox")).to_have_value("female")
    first = rows.first.locator("code").get_attribute("title")
    rows.first.get_by_role("button", name="Delete").click()
    rows.first.get_by_role("button", name="Really?").click()
    expect(page.locator(f'code[title="{first}"]')).to_have_count(0)


@check
def models_and_split(page: Page, address: str, folder: Path) -> None:
    """Two versions; a split is set."""
    page.get_by_role("link", name="Models").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("spinbutton").first.fill("90")
    page.get_by_role("spinbutton").last.fill("10")
    page.get_by_role("button", name="Set the split").click()
    expect(page.locator(".weight .number").first).to_have_text("90 %")


@check
def keyboard_alone(page: Page, address: str, folder: Path) -> None:
    """The skip link, the pages and the dialog of the key, without a mouse."""
    expect(page.locator("main h1")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name="Model card", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Model card")
    page.get_by_role("button", name="API key").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("gl_secret")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="API key set")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


@check
def nothing_for_axe(page: Page, address: str, folder: Path) -> None:
    """No serious finding on any page; axe is put in by the browser's debugger, past the policy."""
    page.get_by_label(BROWSE).set_input_files(stage.photos(1))
    expect(page.locator(".card .box")).to_have_count(1)
    found = []
    for name in ("Predict", "History", "Models", "Training", "Model card"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text())
        report = page.evaluate("axe.run({runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa']})")
        found += [(name, one["id"], one["nodes"][0]["html"][:200]) for one in report["violations"]]
    assert not found, "\n".join(map(str, found))


def _session(page: Page) -> dict[str, dict[str, Any]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    items = json.loads(Path(download.value.path()).read_text())
    return {item["name"]: item["answer"] for item in items}


def _gap(served: dict[str, Any], here: dict[str, Any]) -> float:
    assert served["outcome"] == here["outcome"], (served, here)
    pairs = zip(served["faces"], here["faces"], strict=True)
    probabilities = [(a["probabilities"]["male"], b["probabilities"]["male"]) for a, b in pairs]
    return max((abs(a - b) for a, b in probabilities), default=0.0)


def _oriented(folder: Path) -> list[Path]:
    """One photo turned by its EXIF, as PNG and as WebP: what cameras and editors send."""
    made = []
    for orientation, suffix in ((6, "jpg"), (3, "png"), (8, "webp"), (5, "webp")):
        with Image.open(stage.photos(1, 200)[0]) as image:
            exif = image.getexif()
            exif[0x0112] = orientation
            turned = image.resize((712, 872)).transpose(UNTURN[orientation])
            path = folder / f"turned-{orientation}.{suffix}"
            turned.save(path, exif=exif, quality=92)
            made.append(path)
    return made


def _re(pattern: str) -> Any:
    return re.compile(pattern)
