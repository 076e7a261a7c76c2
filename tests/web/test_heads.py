"""A model of three words with a further head: the page speaks as it does, here and there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from made_answers import AGES, WORDS
from tiny_bundles import make_bundle
from web.conftest import OpenPage
from web.stage import Service, serving
from web.steps import (
    choose,
    open_options,
    portrait,
    probability_gap,
    session_of,
    use_private_mode,
    wait_for_all,
)

ALSO = "Also estimate the age group"


@pytest.fixture(scope="module")
def worded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("worded")
    model = make_bundle(folder / "bundle", "words", gain=4.0, heads=(WORDS, AGES))
    with serving(folder, model=str(model), samples=str(folder / "pool")) as service:
        yield service


def test_bars_corrections_and_a_further_estimate(worded: Service, open_page: OpenPage) -> None:
    page = open_page(worded.address)
    expect(page.get_by_text("feminine, masculine, androgynous or “uncertain”")).to_be_visible()
    also = page.get_by_role("switch", name=ALSO)
    expect(also).not_to_be_checked()
    choose(page, {"plain.jpg": portrait()})
    wait_for_all(page, 1)
    expect(page.get_by_text("Age group:")).to_have_count(0)
    open_options(page)
    also.check()
    choose(page, {"asked.jpg": portrait()})
    wait_for_all(page, 2)
    expect(page.get_by_text("Age group:")).to_have_count(1)
    plain, asked = (session_of(page)[name] for name in ("plain.jpg", "asked.jpg"))
    assert "attributes" not in plain
    assert set(asked["attributes"]) == {"age_group"}
    card = page.get_by_role("listitem").filter(has_text="plain.jpg")
    shares = [
        float(one)
        for one in card.get_by_role("meter").evaluate_all(
            "bars => bars.map((bar) => bar.ariaValueNow)"
        )
    ]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 3
    card.get_by_text("That’s wrong").click()
    card.get_by_role("button", name="would say androgynous").click()
    expect(card.get_by_text("Noted: people would say androgynous")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_label("Label").locator("option")).to_have_text(["any", *WORDS.labels])
    page.get_by_role("link", name="Training").click()
    for label in WORDS.labels:
        expect(page.get_by_role("region", name=f"People say {label}")).to_be_visible()


def test_private_mode_answers_in_the_same_words(worded: Service, open_page: OpenPage) -> None:
    page = open_page(worded.address)
    choose(page, {"a.jpg": portrait()})
    wait_for_all(page, 1)
    served = session_of(page)["a.jpg"]
    page.get_by_role("button", name="Clear").click()
    use_private_mode(page)
    expect(page.get_by_text("On this device there are no further estimates.")).to_be_visible()
    expect(page.get_by_role("switch", name=ALSO)).to_have_count(0)
    choose(page, {"a.jpg": portrait()})
    wait_for_all(page, 1)
    here = session_of(page)["a.jpg"]
    assert list(here["probabilities"]) == list(WORDS.labels)
    assert probability_gap(served, here) < 0.2, "the page looks for faces in float"


def test_a_review_has_a_key_for_each_word(
    worded: Service, open_page: OpenPage, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(portrait())
    page = open_page(f"{worded.address}#/dataset")
    page.locator("input[webkitdirectory]").set_input_files(str(folder))
    page.get_by_role("button", name="Review", exact=True).click()
    words = "Keys: f feminine, m masculine, a androgynous, u undecided, s skip, ← back."
    expect(page.get_by_text(words)).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Everything is reviewed.")).to_be_visible()
    assert "androgynous" in page.evaluate("Object.values(localStorage).join()")
