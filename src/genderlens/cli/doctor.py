"""``genderlens doctor``: what this machine is, what answers on it, and what would not work."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from genderlens.cli.terminal import print_json, printable
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.doctor import Finding, Section

SOMETHING_FOUND: Final = 3
_WORDS: Final = {"ok": "", "note": "note: ", "fault": "FAULT: "}
_NAME_WIDTH: Final = 18
_WIDEST: Final = 100
_IN_A_PIPE: Final = 80


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Exit codes: 0 all would work, 3 something would not; others as everywhere."
    )(doctor)


def doctor(
    model: Annotated[
        str | None,
        typer.Option(help="Bundle, as for 'genderlens serve'; unset: GENDERLENS_MODEL."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Look at machine, versions, graphs, folders, keys and database; each fault with its way out.

    Which graph of a bundle answers here is found by running it on the bundle's golden inputs.
    Nothing is changed.
    """
    from genderlens.doctor import examine

    sections = examine(load_settings(model=model))
    faults = sum(f.state == "fault" for section in sections for f in section.findings)
    if as_json:
        print_json(_document(sections, faults))
    else:
        typer.echo("\n".join(_lines(sections, faults)))
    if faults:
        raise typer.Exit(SOMETHING_FOUND)


def _document(sections: list[Section], faults: int) -> dict[str, Any]:
    found = {one.name: [finding.to_dict() for finding in one.findings] for one in sections}
    return {"faults": faults, **found}


def _lines(sections: list[Section], faults: int) -> Iterator[str]:
    width = _IN_A_PIPE
    if sys.stdout.isatty():
        width = min(_WIDEST, shutil.get_terminal_size().columns)
    for section in sections:
        yield section.name
        for finding in section.findings:
            yield from _finding(finding, width)
        yield ""
    yield {0: "nothing stands in the way", 1: "1 fault"}.get(faults, f"{faults} faults")


def _finding(finding: Finding, width: int) -> Iterator[str]:
    name = f"  {printable(finding.name)}"
    text = f"{_WORDS[finding.state]}{printable(finding.text)}"
    if finding.way_out:
        text += f"; {printable(finding.way_out)}"
    margin = " " * (_NAME_WIDTH + 2)
    lines = textwrap.wrap(
        text,
        max(20, width),
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
    )
    first, *rest = lines or [margin]
    yield f"{name:<{len(margin) - 1}} {first[len(margin) :]}"
    yield from rest
