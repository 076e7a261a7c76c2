"""The static page holds what the service gives out, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from genderlens.bundle import load_bundle
from genderlens.errors import PrivateModeError
from genderlens.export import browser
from genderlens.export.browser import write_browser_page
from genderlens.inference.private import FACTS, list_private_files
from genderlens.settings import load_settings


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of two files."""
    page = tmp_path / "built"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("page")
    (page / "assets" / "a.js").write_text("script")
    monkeypatch.setattr(browser, "built_page", lambda: page)
    return page


def test_page_networks_and_facts_are_those_of_the_service(built: Path, tmp_path: Path) -> None:
    settings, bundle, out = load_settings(tta="flip"), load_bundle(), tmp_path / "site"
    assert write_browser_page([bundle], settings, out) == out / "index.html"
    assert (out / "assets" / "a.js").read_text() == "script"
    served = list_private_files([bundle], settings)
    for name, file in served.items():
        assert (out / "private" / name).read_bytes() == file.read()
    assert {path.name for path in (out / "private").iterdir()} == set(served)


def test_the_facts_name_everything_that_the_page_reads(built: Path, tmp_path: Path) -> None:
    write_browser_page([load_bundle()], load_settings(), tmp_path / "site")
    folder = tmp_path / "site" / "private"
    facts = json.loads((folder / FACTS).read_text())
    assert {"model", "detector", "faces", "tta", "max_pixels", "detector_max_side_px"} <= set(facts)
    for part in ("model", "detector"):
        content = (folder / facts[part]["file"].partition("?")[0]).read_bytes()
        assert len(content) == facts[part]["bytes"]
        assert hashlib.sha256(content).hexdigest() == facts[part]["sha256"]


def test_a_page_that_was_not_built_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "built_page", lambda: tmp_path / "nowhere")
    assert write_browser_page([load_bundle()], load_settings(), tmp_path / "site") is None
    assert (tmp_path / "site" / "private" / FACTS).is_file()


def test_what_no_browser_can_run_writes_nothing(built: Path, tmp_path: Path) -> None:
    bundles = [load_bundle(), load_bundle()]
    with pytest.raises(PrivateModeError, match="an ensemble of 2"):
        write_browser_page(bundles, load_settings(), tmp_path / "site")
    assert not (tmp_path / "site").exists()
