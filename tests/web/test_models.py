"""Which versions answer, and how that is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from web.conftest import OpenPage
from web.stage import damage, furnish, serving
from web.steps import choose, portrait


def test_traffic_is_split_between_two_versions_and_given_back(page: Page) -> None:
    page.get_by_role("link", name="Models", exact=True).click()
    versions = page.get_by_role("region", name="Versions of the model")
    expect(versions.locator("tbody tr")).to_have_count(2)
    page.get_by_role("spinbutton").first.fill("0")
    page.get_by_role("spinbutton").last.fill("10")
    page.get_by_role("button", name="Set the split").click()
    expect(page.get_by_role("alert")).to_contain_text("did not pass the gates")
    page.get_by_role("button", name="Set the split").click()
    expect(versions.locator("tbody tr").first).to_contain_text("100 %")
    page.get_by_role("link", name="Predict", exact=True).click()
    choose(page, {"portrait.jpg": portrait()})
    expect(page.locator(".card")).to_contain_text("retrained-")
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Production alone").click()
    expect(versions.locator("tbody tr").last).to_contain_text("100 %")


def test_without_gates_no_promotion_is_offered_and_it_is_said_why(page: Page) -> None:
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.get_by_text("Versions cannot be promoted from here")).to_be_visible()
    expect(page.get_by_role("button", name="Promote")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("GENDERLENS_")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_damaged_registry_is_told_on_any_screen(
    open_page: OpenPage, tmp_path: Path, axe: Path, width: int
) -> None:
    furnish(tmp_path)
    with serving(tmp_path, model="registry:production", jobs_here=False) as service:
        damage(tmp_path)
        page = open_page(service.address, viewport={"width": width, "height": 780})
        page.route("**/models", _as_if_the_registry_hung)
        page.get_by_role("link", name="Models", exact=True).click()
        told = page.get_by_role("alert")
        expect(told.nth(0)).to_contain_text("The registry does not answer")
        expect(told.nth(1)).to_contain_text("aliases.json is not understood")
        broken = page.get_by_role("region", name="Versions that cannot be used")
        expect(broken.get_by_role("listitem")).to_contain_text("describes no bundle")
        versions = page.get_by_role("region", name="Versions of the model")
        expect(versions.locator("tbody tr")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(axe.read_text("utf-8"))
        assert page.evaluate("axe.run()")["violations"] == []


def _as_if_the_registry_hung(route: Route) -> None:
    answer = route.fetch()
    document: dict[str, Any] = answer.json()
    route.fulfill(response=answer, json={**document, "stale": True})
