"""Which versions answer, and how that is changed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from web.steps import choose, portrait


def test_traffic_is_split_between_two_versions_and_given_back(page: Page) -> None:
    page.get_by_role("link", name="Models", exact=True).click()
    versions = page.get_by_role("region", name="Versions of the model")
    expect(versions.locator("tbody tr")).to_have_count(2)
    page.get_by_role("spinbutton").first.fill("0")
    page.get_by_role("spinbutton").last.fill("10")
    page.get_by_role("button", name="Set the split").click()
    expect(versions.locator("tbody tr").first).to_contain_text("100 %")
    page.get_by_role("link", name="Predict", exact=True).click()
    choose(page, {"portrait.jpg": portrait()})
    expect(page.locator(".card")).to_contain_text("retrained-")
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Production alone").click()
    expect(versions.locator("tbody tr").last).to_contain_text("100 %")


def test_a_promotion_without_gates_is_refused_in_words(page: Page) -> None:
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Promote", exact=True).click()
    page.get_by_role("button", name="Press again to promote").click()
    expect(page.get_by_role("alert")).to_contain_text("GENDERLENS_GATE_DATA")
