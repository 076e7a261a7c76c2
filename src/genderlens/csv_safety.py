"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the begin of a formula (OWASP, "CSV Injection")."""


def plain_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what could begin one."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain_cell(value: object) -> object:
    """The same for a value of any type: nothing is empty, numbers stay."""
    return plain_text(value) if isinstance(value, str) else "" if value is None else value
