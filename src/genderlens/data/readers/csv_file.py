"""A CSV of pictures: a path column, a label column, further columns as attributes.

The path stands in ``uri``, ``path``, ``file``, ``filename`` or ``image``, the label in ``label``
or ``gender``; ``subject``, ``source`` and ``split`` fill those columns. UTF-8, cells divided by
comma, semicolon or tab.

Paths are relative to the folder of the CSV and must end below it; see data/addresses.py. One CSV
for several folders lies in the folder above them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from genderlens.data.addresses import Addresses
from genderlens.data.manifest import COLUMNS, Manifest, parse_label, parse_split
from genderlens.data.places import Place
from genderlens.data.readers import LABEL_COLUMNS, Names, Options, missing_label_column, reader
from genderlens.errors import ManifestError, SourceNotFoundError
from genderlens.storage import open_binary

PATH_COLUMNS: Final = ("uri", "path", "file", "filename", "image")
_SUFFIXES: Final = frozenset({".csv", ".tsv"})
_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True)
class _Columns:
    """Which column is what."""

    path: str
    label: str
    attributes: tuple[str, ...]


def looks_like_csv(source: Place) -> bool:
    """Whether the source has the name of a CSV."""
    return source.suffix.lower() in _SUFFIXES


@reader("csv", "a CSV with a path and a label column", looks_like_csv)
def read_csv(source: Place, options: Options) -> Manifest:
    """Read a CSV whose paths lie below its own folder.

    Raises SourceNotFoundError for a path that leads elsewhere or to nothing, UnknownLabelError for
    labels, ManifestError where the file is no table.
    """
    if not source.is_file():
        raise SourceNotFoundError(f"no CSV file at '{source}'; check the path")
    try:
        with (
            open_binary(str(source)) as stream,
            io.TextIOWrapper(stream, "utf-8-sig", newline="") as lines,
        ):
            return Manifest.from_rows(_read_rows(source, lines.readline(), lines, options))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ManifestError(f"{source} cannot be read as CSV: {error}") from error


def _read_rows(
    file: Place, first_line: str, lines: Iterator[str], options: Options
) -> Iterator[dict[str, str | None]]:
    delimiter = max(_DELIMITERS, key=first_line.count)
    header = [name.strip() for name in next(csv.reader([first_line], delimiter=delimiter), [])]
    columns = _find_columns(header, file)
    addresses = Addresses(file.absolute().parent, trusted=options.trusted)
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    for cells in table:
        where = f"{file}, line {table.line_num + 1}"
        if cells:
            yield _row(_record(header, cells, where), columns, options.names, addresses, where)


def _find_columns(header: list[str], file: Place) -> _Columns:
    by_lower = {name.lower(): name for name in reversed(header)}
    if len(by_lower) < len(header):
        raise ManifestError(f"{file} has two columns of one name; its columns are {header}")
    path = next((by_lower[name] for name in PATH_COLUMNS if name in by_lower), None)
    label = next((by_lower[name] for name in LABEL_COLUMNS if name in by_lower), None)
    if path is None:
        raise ManifestError(f"{file} needs a column {' or '.join(PATH_COLUMNS)}, it has {header}")
    if label is None:
        raise missing_label_column(file, header)
    used = {path, label, ""}
    attributes = [name for name in header if name not in used and name.lower() not in COLUMNS]
    return _Columns(path, label, tuple(attributes))


def _record(header: list[str], cells: list[str], where: str) -> dict[str, str | None]:
    if len(cells) != len(header):
        raise ManifestError(f"{where} has {len(cells)} cells, its header {len(header)}; mend it")
    return {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}


def _row(
    record: dict[str, str | None], columns: _Columns, names: Names, addresses: Addresses, where: str
) -> dict[str, str | None]:
    fixed = {name.lower(): value for name, value in record.items()}
    return {
        **{name: record[name] for name in columns.attributes},
        "uri": addresses.locate(record[columns.path], where),
        "label": parse_label(record[columns.label], where, names),
        "subject": fixed.get("subject"),
        "source": fixed.get("source") or addresses.folder.name,
        "split": parse_split(fixed.get("split"), where),
    }
