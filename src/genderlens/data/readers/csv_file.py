"""A CSV of pictures: a path column, a label column, further columns as attributes.

What the columns may be called stands in data/sources/columns.py; ``subject``, ``source`` and
``split`` fill those columns. data/sources/csv_lines.py says how the file may be written.

Paths are relative to the folder of the CSV and must end below it; see data/addresses.py. One CSV
for several folders lies in the folder above them. A picture that is missing is left out, and said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genderlens.data.manifest import COLUMNS, Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.sources.addresses import Addresses
from genderlens.data.sources.columns import PATH_COLUMNS, find_column, normal_name
from genderlens.data.sources.csv_lines import SUFFIXES, Line, open_csv
from genderlens.data.sources.parts import parse_part
from genderlens.data.sources.paths import Place
from genderlens.data.vocabulary import Vocabulary
from genderlens.errors import ManifestError, SourceNotFoundError


@dataclass(frozen=True)
class _Columns:
    """Which column is what."""

    path: str
    label: str
    attributes: tuple[str, ...]


def is_csv(source: Place) -> bool:
    """Whether the source has the name of a CSV."""
    return source.suffix.lower() in SUFFIXES


def looks_like_csv(source: Place, _: Options) -> bool:
    """Whether the source has the name of a CSV."""
    return is_csv(source)


@reader("csv", "a CSV with a path and a label column", looks_like_csv, rank=30)
def read_csv(source: Place, options: Options) -> Manifest:
    """Read a CSV whose paths lie below its own folder.

    Raises SourceNotFoundError for a path that leads elsewhere, UnknownLabelError for labels,
    ManifestError where the file is no table.
    """
    if not source.is_file():
        raise SourceNotFoundError(f"no CSV file at '{source}'; check the path")
    with open_csv(str(source)) as (header, lines):
        return Manifest.from_rows(_read_rows(source, header, lines, options))


def _read_rows(
    file: Place, header: list[str], lines: Iterator[Line], options: Options
) -> Iterator[dict[str, str | None]]:
    columns, words = _find_columns(header, file, options), options.vocabulary
    addresses = Addresses(
        str(file.absolute().parent), trusted=options.trusted, skipped=options.skipped
    )
    for cells, where in lines:
        row = _row(_record(header, cells, where), columns, words, addresses, where)
        if row is not None:
            yield row


def _find_columns(header: list[str], file: Place, options: Options) -> _Columns:
    if len({name.lower() for name in header}) < len(header):
        raise ManifestError(f"{file} has two columns of one name; its columns are {header}")
    path = find_column(PATH_COLUMNS, header)
    label = find_column(options.label_columns, header)
    if path is None:
        raise ManifestError(f"{file} needs a column {' or '.join(PATH_COLUMNS)}, it has {header}")
    if label is None:
        raise options.missing_label_column(file, header)
    used = {path, label, ""}
    attributes = [name for name in header if name not in used and normal_name(name) not in COLUMNS]
    return _Columns(path, label, tuple(attributes))


def _record(header: list[str], cells: list[str], where: str) -> dict[str, str | None]:
    if len(cells) != len(header):
        raise ManifestError(f"{where} has {len(cells)} cells, its header {len(header)}; mend it")
    return {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}


def _row(
    record: dict[str, str | None],
    columns: _Columns,
    words: Vocabulary,
    addresses: Addresses,
    where: str,
) -> dict[str, str | None] | None:
    """One row of the manifest; None where its picture is refused."""
    fixed = {normal_name(name): value for name, value in record.items()}
    label = words.parse(record[columns.label], where)
    uri = addresses.locate(record[columns.path], where)
    if uri is None:
        return None
    return {
        **{name: record[name] for name in columns.attributes},
        "uri": uri,
        "label": label,
        "subject": fixed.get("subject"),
        "source": fixed.get("source") or addresses.folder_name,
        "split": parse_part(fixed.get("split"), where),
    }
