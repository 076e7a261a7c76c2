"""Each promise of the security page leads to a test that is there and holds something."""

from __future__ import annotations

import re

import pytest

from docs.blocks import ROOT

PAGE = ROOT / "docs/explanation/security.md"
PROMISES = re.findall(r"^\| (.+?) \| (.*\]\(.+\).*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_there_are_promises() -> None:
    assert len(PROMISES) >= 12


@pytest.mark.parametrize(("promise", "cell"), PROMISES, ids=[one[:40] for one, _ in PROMISES])
def test_a_promise_is_held_by_a_test(promise: str, cell: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", cell)
    assert links, promise
    for link in links:
        text = (PAGE.parent / link).resolve().read_text("utf-8")
        assert len(re.findall(r"^def test_\w+", text, re.MULTILINE)) >= 1, link
