"""Results printed as a table, as JSON Lines or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import typer

from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.csv_safety import plain_cell
from genderlens.errors import SettingsError, did_you_mean
from genderlens.types import Outcome

if TYPE_CHECKING:
    from genderlens.library.result import Result

Print = Callable[[Iterable["Result"]], int]
"""Prints every result and says how many pictures were unreadable."""


def choose_output(output: str | None, *, as_json: bool) -> str:
    """The name of a way to print; SettingsError for one that does not exist, or for two."""
    if as_json and output not in (None, "json"):
        raise SettingsError(f"--json and --output {output} contradict each other; give one")
    name = "json" if as_json else output or "table"
    if name not in OUTPUTS:
        known = ", ".join(OUTPUTS)
        raise SettingsError(
            f"--output {name!r} is not one of {known}{did_you_mean(name, tuple(OUTPUTS))}"
        )
    return name


def print_as_json(results: Iterable[Result]) -> int:
    """One object on a line, as the HTTP API gives it, with the path first."""
    unreadable = 0
    for result in results:
        unreadable += _is_unreadable(result)
        said = result.to_dict()
        print_json({"path": said.pop("source"), **said})
    return unreadable


def print_as_csv(results: Iterable[Result]) -> int:
    """A row for each face, or one with the reason; no cell that a spreadsheet would run."""
    from genderlens.library.result import list_columns

    unreadable = 0
    columns: list[str] = []
    for result in results:
        if not columns:
            columns = list_columns(result.heads)
            _print_row(columns)
        unreadable += _is_unreadable(result)
        for row in result.to_rows():
            _print_row([row[name] for name in columns])
    return unreadable


def print_as_table(results: Iterable[Result]) -> int:
    """For people; written once all are answered, as its columns fit them."""
    unreadable = 0
    rows = []
    for result in results:
        unreadable += _is_unreadable(result)
        rows += [(printable(result.source or ""), *row) for row in _rows(result)]
    print_table(("picture", "answer", "confidence", "note"), rows)
    return unreadable


OUTPUTS: Final[dict[str, Print]] = {
    "table": print_as_table,
    "json": print_as_json,
    "csv": print_as_csv,
}


def _is_unreadable(result: Result) -> bool:
    return result.outcome is Outcome.UNREADABLE


def _print_row(cells: Iterable[Any]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow([_cell(cell) for cell in cells])
    typer.echo(stream.getvalue())


def _cell(value: Any) -> Any:
    return plain_cell(printable(value)) if isinstance(value, str) else plain_cell(value)


def _rows(result: Result) -> Iterator[tuple[str, str, str]]:
    if not result.faces:
        yield result.outcome.value, "", printable(result.error or "")
    for index, face in enumerate(result.faces):
        notes = [f"face {index + 1} of {len(result.faces)}"] if len(result.faces) > 1 else []
        notes += [
            f"{one.head.name} {printable(one.prediction or one.outcome.value)} {one.confidence:.1%}"
            for one in face.attributes
        ]
        said = printable(face.prediction or face.outcome.value)
        yield said, f"{face.confidence:.1%}", ", ".join(notes)
