"""The curator's loop: a folder in, answers, corrections by keyboard, tables out."""

from __future__ import annotations

import json
import os
from pathlib import Path

from playwright.sync_api import Page, expect

import photos
from genderlens.data.readers import read_source
from web.conftest import OpenPage
from web.stage import Service

FRAMES = """async ([steps, step]) => {
  const wall = document.querySelector(".wall");
  let [longest, before] = [0, performance.now()];
  for (let i = 0; i < steps; i++) {
    wall.scrollTop += step;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    [longest, before] = [Math.max(longest, now - before), now];
  }
  return longest;
}"""


def folder_of(path: Path, count: int) -> Path:
    path.mkdir()
    for number in range(count):
        image = photos.portrait().rotate(4 * number).resize((256, 256))
        (path / f"{number:02}.jpg").write_bytes(photos.encode(image))
    return path


def open_folder(page: Page, folder: Path) -> None:
    page.locator("input[webkitdirectory]").set_input_files(str(folder))


def test_a_folder_is_answered_reviewed_and_exported(page: Page, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "photos", 4)
    page.get_by_role("link", name="Data set").click()
    open_folder(page, folder)
    page.get_by_role("button", name="Ask about 4 photos").click()
    expect(page.get_by_role("button", name="Ask about")).to_have_count(0)
    expect(page.get_by_role("region", name="Counts")).to_contain_text("4")
    page.get_by_role("button", name="Review", exact=True).click()
    review = page.get_by_role("region", name="Review", exact=True)
    expect(review).to_be_focused()
    for key in "fmus":
        page.keyboard.press(key)
    expect(page.get_by_text("Everything is reviewed.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(review.get_by_role("img")).to_be_visible()
    with page.expect_download() as table:
        page.get_by_role("button", name="Corrections as CSV").click()
    target = tmp_path / "corrections.csv"
    table.value.save_as(target)
    labels = read_source(str(target)).table.column("label").to_pylist()  # as train reads it
    assert sorted(map(str, labels)) == ["female", "male"]
    with page.expect_download() as tasks:
        page.get_by_role("button", name="Corrections for Label Studio").click()
    found = json.loads(Path(tasks.value.path()).read_text())
    assert len(found) == 3
    page.reload()
    open_folder(page, folder)
    expect(page.get_by_text("3 of 4 reviewed").first).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    assert page.evaluate("localStorage.length") == 0


def test_two_thousand_rows_scroll_without_a_long_frame(
    service: Service, open_page: OpenPage
) -> None:
    page = open_page(f"{service.address}#/dataset")
    rows = [
        f"/set/{i:04}.jpg,{'uncertain' if i % 9 == 0 else 'classified'},"
        f"{'' if i % 9 == 0 else 'female'},{0.5 + (i % 500) / 1000}"
        for i in range(2000)
    ]
    table = "\n".join(["uri,outcome,prediction,confidence", *rows]).encode()
    page.get_by_label("Open a table of answers").set_input_files(
        {"name": "labels.csv", "mimeType": "text/csv", "buffer": table}
    )
    expect(page.get_by_text("0 of 2000 reviewed")).to_be_visible()
    assert page.locator(".wall li").count() < 200
    longest = min(page.evaluate(FRAMES, [60, 60]) for _ in range(3))  # a busy machine is no fault
    assert longest < 100


def test_two_thousand_thumbnails_scroll_without_a_long_frame(
    service: Service, open_page: OpenPage, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    first = folder / "0000.jpg"
    first.write_bytes(photos.encode(photos.portrait()))
    for number in range(1, 2000):
        os.link(first, folder / f"{number:04}.jpg")
    page = open_page(f"{service.address}#/dataset")
    open_folder(page, folder)
    expect(page.get_by_text("0 of 2000 reviewed")).to_be_visible()
    expect(page.locator(".wall img").first).to_be_visible()
    assert page.locator(".wall li").count() < 200
    longest = min(page.evaluate(FRAMES, [60, 60]) for _ in range(3))  # a busy machine is no fault
    assert page.locator(".wall").evaluate("wall => wall.scrollTop") == 3 * 60 * 60
    expect(page.locator(".wall li:has(img)").nth(20)).to_be_visible()
    assert longest < 100


def test_a_table_of_another_kind_is_refused_in_words(page: Page) -> None:
    page.get_by_role("link", name="Data set").click()
    page.get_by_label("Open a table of answers").set_input_files(
        {"name": "other.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    )
    expect(page.get_by_role("alert")).to_contain_text("needs the columns uri and outcome")
