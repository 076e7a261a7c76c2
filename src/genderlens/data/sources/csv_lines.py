"""A CSV as people and programs write it: cells by comma, semicolon, tab or what ``sep=`` says.

UTF-8 with or without a byte order mark, or UTF-16 with one, as spreadsheets export it.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final, NamedTuple

from genderlens.errors import ManifestError
from genderlens.storage import open_binary

SUFFIXES: Final = frozenset({".csv", ".tsv"})
DELIMITERS: Final = ",;\t|"
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FAULTS: Final = (OSError, UnicodeError, csv.Error)


class Line(NamedTuple):
    """The cells of one row and where it stands."""

    cells: list[str]
    where: str


class CsvTable(NamedTuple):
    """The header of a CSV and its rows, read one after another."""

    header: list[str]
    rows: Iterator[Line]


@contextmanager
def open_csv(uri: str) -> Iterator[CsvTable]:
    """The table in a file; ManifestError where it cannot be read as one, also while it is read."""
    try:
        with open_binary(uri) as stream, _decode(stream) as lines:
            yield _read_table(lines, uri)
    except _FAULTS as error:
        raise ManifestError(
            f"{uri} cannot be read as CSV: {error}; save it as UTF-8 with one header line"
        ) from error


def _decode(stream: IO[bytes]) -> io.TextIOWrapper:
    mark = stream.read(2)
    stream.seek(0)
    return io.TextIOWrapper(stream, _MARKS.get(mark, "utf-8-sig"), newline="")


def _read_table(lines: io.TextIOWrapper, uri: str) -> CsvTable:
    first, skipped = lines.readline(), 1
    delimiter = None
    if first.lower().startswith("sep=") and len(first.rstrip("\r\n")) == len("sep=,"):
        delimiter, first, skipped = first[len("sep=")], lines.readline(), 2
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    return CsvTable(header, _read_rows(lines, delimiter, uri, skipped))


def _read_rows(lines: Iterator[str], delimiter: str, uri: str, skipped: int) -> Iterator[Line]:
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    for cells in table:
        if cells:
            yield Line(cells, f"{uri}, line {table.line_num + skipped}")
