from __future__ import annotations

import pytest

from genderlens.csv_safety import plain_cell


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "\r=x"])
def test_no_text_is_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "cell"), [("a=b", "a=b"), (-1.5, -1.5), (None, ""), (0, 0)])
def test_everything_else_stays(value: object, cell: object) -> None:
    assert plain_cell(value) == cell
