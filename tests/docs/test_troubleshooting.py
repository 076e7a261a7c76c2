"""Every code has its advice, and no advice is for a code that is gone."""

from __future__ import annotations

import re

from docs.blocks import ROOT
from genderlens.errors import list_errors

REFUSALS = {"no_person", "many_people"}


def test_every_code_is_there_once() -> None:
    text = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    codes = re.findall(r"^\| `([a-z0-9_]+)` \|", text, re.MULTILINE)
    assert len(codes) == len(set(codes))
    assert set(codes) == {kind.code for kind in list_errors()} | REFUSALS
