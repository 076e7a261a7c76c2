"""Two versions of the model on the same photos."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from web.conftest import OpenPage
from web.stage import furnish, serving
from web.steps import BROWSE, crowd, portrait


def test_two_versions_answer_side_by_side(tmp_path: Path, open_page: OpenPage, axe: Path) -> None:
    furnish(tmp_path)
    with serving(tmp_path, model="registry:production", jobs_here=False) as service:
        page = open_page(f"{service.address}#/compare")
        expect(page.get_by_text("only one version that answers here")).to_be_visible()
        page.get_by_role("link", name="Models", exact=True).click()
        page.get_by_role("spinbutton").first.fill("1")
        page.get_by_role("spinbutton").last.fill("1")
        page.get_by_role("button", name="Set the split").click()
        page.get_by_role("button", name="Set the split").click()
        expect(page.locator("tbody tr").first).to_contain_text("50 %")
        page.get_by_role("link", name="Compare", exact=True).click()
        payloads = [
            {"name": name, "mimeType": "image/jpeg", "buffer": content}
            for name, content in (("one.jpg", portrait()), ("two.jpg", crowd()))
        ]
        page.get_by_label(BROWSE).set_input_files(payloads)  # type: ignore[arg-type]
        expect(page.get_by_text("They agree on 2 of 2 photos.")).to_be_visible()
        row = page.get_by_role("row", name="one.jpg")
        expect(row.get_by_role("cell").filter(has_text="female")).to_have_count(2)
        expect(row).to_contain_text("0.0 %")
        page.evaluate(axe.read_text("utf-8"))
        assert page.evaluate("axe.run()")["violations"] == []
        page.get_by_label("Only where they differ").check()
        expect(page.get_by_role("row")).to_have_count(1)
        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_role("row")).to_have_count(0)
