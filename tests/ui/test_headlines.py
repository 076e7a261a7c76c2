"""The same words for the same confidence in both pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genderlens.ui.words import LEANS_BELOW, headline


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.603, "leans male, 60.3 %"), (0.7999, "leans male, 80.0 %"), (0.8, "looks male, 80.0 %")],
)
def test_a_weak_answer_leans(confidence: float, words: str) -> None:
    assert headline("male", confidence) == words


def test_both_pages_draw_the_line_at_the_same_place() -> None:
    source = Path(__file__).parents[2] / "web" / "src" / "words" / "verdict.ts"
    found = re.search(r"LEANS_BELOW = ([\d.]+)", source.read_text("utf-8"))
    assert found is not None
    assert float(found[1]) == LEANS_BELOW
