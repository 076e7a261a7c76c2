"""From labelled pictures to the model that answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import photos
from conftest import ClassFolders
from genderlens.bundle import default_bundle_path
from genderlens.registry.store import open_registry
from genderlens.service.app import create_app
from jobs.tiny_training import RECIPE, tinted_portraits
from jobs.workplace import create_workplace
from service.serving import running_server
from web.conftest import OpenPage
from web.stage import serving, settings_in


def test_labelled_pictures_are_added_and_removed(page: Page) -> None:
    page.get_by_role("link", name="Training", exact=True).click()
    content = photos.encode(photos.portrait().rotate(7))
    payload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}
    empty = photos.encode(photos.landscapes()["coffee"])
    bare = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": empty}
    page.get_by_label("Pictures that people say are female").set_input_files([payload, bare])  # type: ignore[arg-type]
    expect(page.get_by_text("1 picture without a single clear face")).to_be_visible()
    page.get_by_role("button", name="Add 1 picture").click()
    expect(page.locator("main").get_by_text("1 added, 0 known already, 0 refused.")).to_be_visible()
    expect(page.get_by_text("1 female, 0 male")).to_be_visible()
    page.get_by_role("button", name="Remove my pictures").click()
    page.get_by_role("button", name="Press again to remove them").click()
    expect(page.get_by_text("0 female, 0 male")).to_be_visible()


def test_jobs_are_shown_with_what_the_gates_said(page: Page) -> None:
    page.get_by_role("link", name="Training", exact=True).click()
    jobs = page.locator(".jobs > li")
    expect(jobs).to_have_count(3)
    expect(jobs.filter(has_text="Trained, not promoted because ece does not hold")).to_contain_text(
        "fails: ece 0.0610"
    )
    expect(jobs.filter(has_text="nonesuch")).to_contain_text("no data")


def test_a_retraining_is_started_watched_and_promoted(
    tmp_path: Path, class_folders: ClassFolders, open_page: OpenPage
) -> None:
    place = create_workplace(tmp_path, class_folders(2), model="registry:production")
    with running_server(create_app(place.settings)) as port:
        page = open_page(f"http://127.0.0.1:{port}/app/")
        _retrain(page, "squares")
        expect(page.get_by_role("img", name="train loss over 3 epochs")).to_be_visible()
        _expect_serving(page, "retrained-0")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_retraining_ends_in_the_model_that_answers(
    tmp_path: Path, open_page: OpenPage
) -> None:
    pictures = tinted_portraits(tmp_path / "pictures")
    (tmp_path / "tiny.yaml").write_text(RECIPE)
    registry = open_registry(settings_in(tmp_path))
    first = registry.add(default_bundle_path())
    registry.change(lambda state: state.promoted(first))
    gates = {"accuracy_drop": 1, "group_drop": 1, "max_ece": 1, "min_group": 1}
    fast = {"max_latency_ms": 10_000, "max_slowdown": 10_000, "data": pictures, "split": "val"}
    with serving(
        tmp_path,
        model="registry:production",
        cache_dir=tmp_path / "cache",
        retrain_sources={"portraits": str(pictures)},
        retrain_recipe=tmp_path / "tiny.yaml",
        **{f"gate_{name}": value for name, value in (gates | fast).items()},
    ) as service:
        page = open_page(service.address)
        _retrain(page, "portraits", timeout_s=600)
        _expect_serving(page, "retrained-")


def _retrain(page: Page, source: str, timeout_s: float = 60) -> None:
    page.get_by_role("link", name="Training", exact=True).click()
    page.get_by_label("Source").select_option(source)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Promoted: it answers from now on.")).to_be_visible(
        timeout=1000 * timeout_s
    )


def _expect_serving(page: Page, version: str) -> None:
    """The version that answers begins so."""
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.locator(".facts dd").first).to_contain_text(version)
