"""The site builds without a warning and asks no other host for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.blocks import ROOT

LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\bsrc=\"(?:https?:)?//|<link[^>]*\bhref=\"(?:https?:)?//"
)
"""What a browser fetches by itself; a link that is clicked is another thing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="mkdocs-material is not installed: run 'make dev'")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if "reports" not in page.parts]
    assert len(pages) >= 30
    for page in pages:
        found = LOADED.search(page.read_text("utf-8"))
        assert found is None, f"{page.name}: {found}"


def test_pages_from_elsewhere_and_notebooks_are_there(site: Path) -> None:
    card = (site / "model-card.html").read_text("utf-8")
    assert "Regulation (EU) 2024/1689" in card
    for number in range(1, 6):
        assert list(site.glob(f"notebooks/{number}-*.html"))
    assert "not run:" not in (site / "how-to" / "s3.html").read_text("utf-8")


def test_links_into_the_repository_lead_to_pages_or_are_text(site: Path) -> None:
    for page in site.rglob("*.html"):
        for target in re.findall(
            r'href="(\.\./[^"#]+|[a-z][^":#]*\.html)', page.read_text("utf-8")
        ):
            assert (page.parent / target).resolve().exists(), f"{page.name}: {target}"
