"""Many photos: in order, stopped when they are cleared, tried again together."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

import photos
from web.conftest import OpenPage
from web.stage import Service
from web.steps import choose, portrait, wait_for_all


def numbered(count: int) -> dict[str, bytes]:
    image = photos.portrait()
    return {f"{i:02}.jpg": photos.encode(image.rotate(i % 9), quality=80) for i in range(count)}


def is_prediction(request: Request) -> bool:
    return request.method == "POST" and "/predict?" in request.url


def download(page: Page, button: str) -> str:
    with page.expect_download() as found:
        page.get_by_role("button", name=button).click()
    return Path(found.value.path()).read_text("utf-8")


def test_list_csv_and_json_stand_in_the_order_of_the_files(page: Page) -> None:
    files = {"z.jpg": b"no picture", **numbered(4), "a.jpg": portrait()}
    choose(page, files)
    expect(page.locator(".card h2")).to_have_text(list(files))  # before they are answered
    wait_for_all(page, 6)
    expect(page.locator(".card h2")).to_have_text(list(files))
    rows = csv.DictReader(download(page, "Download CSV").splitlines())
    assert [row["name"] for row in rows] == list(files)
    items = json.loads(download(page, "Download JSON"))
    assert [item["name"] for item in items] == list(files)


def test_clear_ends_requests_and_what_was_not_sent_is_not_sent(
    service: Service, open_page: OpenPage
) -> None:
    page = open_page(service.address)
    sent: list[Request] = []
    ended: list[Request] = []
    page.on("request", lambda one: sent.append(one) if is_prediction(one) else None)
    page.on("requestfailed", lambda one: ended.append(one) if is_prediction(one) else None)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/predict?*", hold)
    choose(page, numbered(20))
    page.wait_for_timeout(500)
    assert len(sent) == len(held) == 3
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".card, .tile")).to_have_count(0)
    page.wait_for_timeout(500)
    assert len(sent) == len(ended) == 3
    page.unroute("**/predict?*")
    page.get_by_role("button", name="Undo").click()
    wait_for_all(page, 20)
    expect(page.locator(".tile-name")).to_have_text(list(numbered(20)))


def test_a_removed_photo_is_not_sent_and_the_focus_stays_in_the_list(page: Page) -> None:
    page.route("**/predict?*", lambda route: None)
    choose(page, numbered(3))
    page.get_by_role("button", name="Remove 01.jpg").click()
    expect(page.get_by_role("button", name="Remove 02.jpg")).to_be_focused()
    page.get_by_role("button", name="Remove 02.jpg").click()
    expect(page.get_by_role("button", name="Remove 00.jpg")).to_be_focused()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("main")).to_be_focused()


def test_all_that_failed_are_tried_again_together(page: Page) -> None:
    page.route("**/predict?*", lambda route: route.fulfill(status=500, body="broken"))
    choose(page, numbered(4))
    wait_for_all(page, 4)
    page.unroute("**/predict?*")
    page.get_by_role("button", name="Retry all failed (4)").click()
    expect(page.locator(".verdict").filter(has_text="female")).to_have_count(4)


def test_tally_filter_order_and_grid(page: Page) -> None:
    choose(page, {"note.jpg": b"no picture", "b.jpg": portrait(), "a.jpg": portrait()})
    wait_for_all(page, 3)
    expect(page.locator(".tally")).to_contain_text("2 female")
    page.get_by_role("combobox", name=re.compile("^Show")).select_option("female")
    expect(page.locator(".card h2")).to_have_text(["b.jpg", "a.jpg"])
    page.get_by_label("Order").select_option("name")
    expect(page.locator(".card h2")).to_have_text(["a.jpg", "b.jpg"])
    page.get_by_role("button", name="Grid").click()
    expect(page.locator(".tile-name")).to_have_text(["a.jpg", "b.jpg"])
    page.locator(".tile .opener").first.click()
    expect(page.get_by_role("dialog", name="a.jpg")).to_contain_text("Looks female")


def test_leaving_with_answers_asks_first(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.reload()
    assert asked == []
    choose(page, {"portrait.jpg": portrait()})
    wait_for_all(page, 1)
    page.get_by_role("button", name="Copy JSON").focus()
    page.keyboard.press("Tab")
    page.reload()
    assert asked == ["beforeunload"]


def test_previews_are_small_and_are_freed(page: Page) -> None:
    page.evaluate(
        """() => {
          window.alive = new Map();
          const [make, free] = [URL.createObjectURL, URL.revokeObjectURL];
          URL.createObjectURL = (blob) => {
            const url = make.call(URL, blob);
            window.alive.set(url, blob.size);
            return url;
          };
          URL.revokeObjectURL = (url) => { window.alive.delete(url); free.call(URL, url); };
        }"""
    )
    large = photos.encode(photos.portrait().resize((3000, 3000)), quality=95)
    choose(page, {f"{i}.jpg": large for i in range(6)})
    wait_for_all(page, 6)
    expect(page.locator(".card img")).to_have_count(6)
    sizes = page.evaluate("[...window.alive.values()]")
    assert len(sizes) == 6
    assert max(sizes) < 200_000 < len(large)
    assert page.locator(".card img").first.evaluate("one => one.naturalWidth") == 640
    page.get_by_role("button", name="Clear").click()
    choose(page, {"next.jpg": portrait()})  # no way back to what is left behind
    wait_for_all(page, 1)
    page.get_by_role("button", name="Clear").click()
    assert len(page.evaluate("[...window.alive.keys()]")) == 1  # the one that can be brought back


@pytest.mark.parametrize(
    ("code", "status"),
    [("body_too_large", 413), ("too_many_pixels", 413), ("request_timeout", 408)],
)
def test_what_is_too_large_is_answered_about_a_smaller_copy(
    page: Page, code: str, status: int
) -> None:
    large = photos.encode(photos.portrait().resize((3000, 3000)), quality=90)
    problem = json.dumps({"code": code, "detail": "too large", "status": status})

    def refuse(route: Route) -> None:
        route.fulfill(status=status, body=problem, content_type="application/problem+json")

    page.route("**/predict?*", refuse)
    choose(page, {"large.jpg": large})
    again = page.get_by_role("button", name="Send a smaller copy: large.jpg")
    expect(again).to_be_visible()
    page.unroute("**/predict?*")
    with page.expect_request(is_prediction) as sent:
        again.click()
    expect(page.locator(".card .verdict")).to_contain_text("female")
    expect(page.locator(".card")).to_contain_text("about a smaller copy")
    assert 0 < int(sent.value.all_headers()["content-length"]) < len(large)


def test_smaller_uploads_send_less_and_boxes_stay_where_they_are(page: Page) -> None:
    large = photos.encode(photos.portrait().resize((4096, 4096)), quality=95)
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if is_prediction(one) else None)
    page.get_by_role("switch", name="Smaller uploads").check()
    choose(page, {"large.jpg": large})
    wait_for_all(page, 1)
    assert 0 < int(sent[0].all_headers()["content-length"]) < len(large) / 2
    items = json.loads(download(page, "Download JSON"))
    left, top, right, bottom = items[0]["answer"]["faces"][0]["box"]
    assert abs((left + right) / 2 / 4096 - 224 / 512) < 0.02
    assert abs((top + bottom) / 2 / 4096 - 117 / 512) < 0.03
