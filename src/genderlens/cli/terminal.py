"""What the commands print, safe for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import typer


def print_json(document: Mapping[str, object], *, err: bool = False) -> None:
    """One JSON object on one line, ASCII only."""
    typer.echo(json.dumps(document, ensure_ascii=True, allow_nan=False), err=err)


def print_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table without frame; cells are text, never markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold")
    for name in header:
        table.add_column(Text(name))
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    Console().print(table)


def printable(text: str) -> str:
    """A name cannot move the cursor, end a line or turn the writing direction."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
