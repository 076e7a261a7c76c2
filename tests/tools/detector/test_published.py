"""Where the published detector is found, and which one it is."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from tools.detector.making import FACTS
from tools.detector.published import BROUGHT, FILE, PACKAGE, find_published

from genderlens.detection.faces import CENTERFACE
from genderlens.errors import DetectorError
from tools.detector import published as place

ROOT = Path(__file__).parents[3]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def source() -> dict[str, str]:
    found: dict[str, str] = json.loads(CENTERFACE.with_name(FACTS).read_text("utf-8"))["source"]
    return found


def test_what_make_brings_comes_first(tmp_path: Path) -> None:
    (tmp_path / PACKAGE).mkdir()
    brought = tmp_path / PACKAGE / FILE
    brought.write_bytes(b"graph")
    assert find_published(tmp_path) == brought


def test_the_error_names_the_target_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "find_spec", lambda _: None)
    with pytest.raises(DetectorError, match=re.escape(str(tmp_path))) as caught:
        find_published(tmp_path)
    (target,) = re.findall(r"'make (\w+)'", str(caught.value))
    assert re.search(rf"^{target}:.*{BROUGHT.relative_to(ROOT)}/", MAKEFILE, re.MULTILINE)


def test_the_tests_have_it_brought() -> None:
    (recipe,) = re.findall(r"^test:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert re.search(r"\bcenterface\b", recipe)


def test_the_version_brought_is_the_one_that_the_shipped_graph_was_made_from() -> None:
    text = (ROOT / "tools/detector/requirements.txt").read_text("utf-8")
    (version,) = re.findall(rf"^{PACKAGE}==(\S+) ", text, re.MULTILINE)
    assert source()["published_in"] == f"{PACKAGE} {version} on PyPI"
    assert f"`{PACKAGE}` {version}" in (ROOT / "README.md").read_text("utf-8")


def test_the_file_brought_is_the_one_that_the_shipped_graph_was_made_from(published: Path) -> None:
    assert hashlib.sha256(published.read_bytes()).hexdigest() == source()["sha256"]
