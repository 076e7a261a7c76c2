"""What the commands print, safe for a terminal."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import typer

_LEAST_NOTE: Final = 24
"""Room for further words in the last cell of a row, however narrow the terminal is."""


def print_json(document: Mapping[str, object], *, err: bool = False) -> None:
    """One JSON object on one line, ASCII only."""
    typer.echo(json.dumps(document, ensure_ascii=True, allow_nan=False), err=err)


def print_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table without frame; cells are text, never markup, and no word of one is ever broken.

    A path can be copied whole from it. In a terminal the words of the last column go on in further
    lines where there are too many; in a pipe or a file a row is a line.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names, cells = list(header), [list(row) for row in rows]
    terminal = Console()
    table = Table(box=None, header_style="bold")
    for index, name in enumerate(names):
        wraps = terminal.is_terminal and index == len(names) - 1
        table.add_column(Text(name), no_wrap=not wraps, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    width = _width([names, *cells])
    if terminal.is_terminal:
        words = [[*row[:-1], max(row[-1].split(), key=len, default="")] for row in [names, *cells]]
        width = min(width, max(terminal.width, _width(words) + _LEAST_NOTE))
    Console(width=width).print(table)


def printable(text: str) -> str:
    """A name cannot move the cursor, end a line or turn the writing direction."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def write_any_name() -> None:
    """From now on a name that the locale cannot write is escaped, and costs no answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The columns of a terminal that a table takes unwrapped, with the space between its cells."""
    from rich.cells import cell_len

    longest = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    return sum(longest) + 2 * len(longest)
