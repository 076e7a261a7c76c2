"""A SOURCE of pictures without labels as a stream of items; nothing is ever listed into memory.

Folders, glob patterns, text lists, CSV, Parquet with pictures or their addresses, tar shards,
single pictures, here or in a cloud. Containers in a folder are opened up where they stand. What is
no picture is noted as skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.parquet.limits import batch_rows, open_parquet, require_sound_pages
from genderlens.data.sources.columns import PATH_COLUMNS, find_column
from genderlens.data.sources.compressed import is_tar_name
from genderlens.data.sources.content import HEAD_BYTES, ContentKind, find_archive, judge_file
from genderlens.data.sources.csv_lines import SUFFIXES as CSV_SUFFIXES
from genderlens.data.sources.csv_lines import open_csv
from genderlens.data.sources.listing import list_pictures
from genderlens.data.sources.patterns import is_pattern
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.tar_file import judge_member, open_tar, visible_members
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.labelling.inputs.items import Item, NamedItems, create_item, sort_items
from genderlens.remote import describe_remote, is_remote
from genderlens.storage import open_binary

LIST_SUFFIXES: Final = (".txt", ".lst", ".list")
_MAX_ADDRESS: Final = 10_000


def iterate_items(
    source: str, *, trusted: bool = False, skipped: SkippedItems | None = None
) -> Iterator[Item]:
    """Every picture of a source, in an order that depends on nothing but the source.

    Names in folders and patterns are sorted; lists, tables and containers keep their own order.
    ``trusted`` lets a list or table name pictures anywhere. Raises SourceNotFoundError where
    nothing is, DataError for a source that cannot be read at all; a broken container inside a
    folder is one refused item.
    """
    passed_over = SkippedItems() if skipped is None else skipped
    read = None if is_pattern(source) or _is_folder(source) else _TABLES.get(_suffix(source))
    if read is not None:
        yield from read(source, NamedItems(source, trusted=trusted))
        return
    for item in sort_items(_find_files(source, passed_over)):
        yield from _open_up(item, passed_over)


def is_container(name: str) -> bool:
    """Whether a file of this name holds pictures as rows or members."""
    return is_tar_name(name) or name.lower().endswith(".parquet")


def normal_source(source: str) -> str:
    """A source as its job is known by: absolute, without a slash at the end."""
    if is_remote(source):
        return source.rstrip("/")
    return os.path.abspath(source.removeprefix("file://"))  # noqa: PTH100 - links stay as they are


def _suffix(uri: str) -> str:
    return PurePosixPath(uri).suffix.lower()


def _is_folder(source: str) -> bool:
    """Only asked where the name could be that of a table: a cloud takes a request to tell."""
    if _suffix(source) not in _TABLES:
        return False
    return describe_remote(source).is_folder if is_remote(source) else Path(source).is_dir()


def _find_files(source: str, skipped: SkippedItems) -> Iterator[Item]:
    if is_remote(source):
        if not is_pattern(source) and not describe_remote(source).is_folder:
            return iter([Item(source)])
        source = source.rstrip("/")
    elif Path(source).exists() and not Path(source).is_dir():
        _require_pictures(source)
        return iter([create_item(source)])
    elif not Path(source).exists() and not is_pattern(source):
        raise SourceNotFoundError(f"nothing is at {source!r}; check the path")
    return (create_item(*found) for found in list_pictures(source, skipped, is_container))


def _require_pictures(source: str) -> None:
    """DataError for a file by itself that is none of the kinds of sources.

    What cannot be opened, a pipe for one, is told when it is read.
    """
    if is_container(source) or not Path(source).is_file():
        return
    try:
        with Path(source).open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return
    archive = find_archive(head)
    if archive:
        raise DataError(f"{source!r} is a {archive} archive; unpack it and give the folder")
    judged = judge_file(source, lambda: head)
    if judged.verdict is ContentKind.PASSED_OVER:
        raise DataError(
            f"{source!r} is no source of pictures ({judged.reason}); give a folder, a picture, a "
            f"tar or Parquet file, or a list: {', '.join(_TABLES)}"
        )


def _open_up(item: Item, skipped: SkippedItems) -> Iterator[Item]:
    """The pictures in a container, or the item itself; damage costs only what lies behind it."""
    if item.refusal or not is_container(item.uri):
        yield item
        return
    read = _tar_items if is_tar_name(item.uri) else _parquet_items
    try:
        yield from read(item.uri, skipped)
    except DataError as error:
        if is_remote(item.uri):
            describe_remote(
                item.uri
            )  # raises where the cloud is out of reach: then nothing is lost
        yield create_item(item.uri, error.message)


def _tar_items(uri: str, skipped: SkippedItems) -> Iterator[Item]:
    """Members that are pictures; one in a format that is not read is told, to be refused."""
    with open_tar(uri) as tar:
        for member in visible_members(tar, uri, skipped):
            judged = judge_member(tar, member)
            if judged.verdict is ContentKind.PASSED_OVER:
                skipped.pass_over(judged.reason, member.name)
            else:
                yield Item(f"{uri}#{member.offset}")


def _parquet_items(uri: str, skipped: SkippedItems) -> Iterator[Item]:
    """Rows that hold pictures; a table without any, inside a folder, is none of the pictures."""
    with open_binary(uri) as stream:
        file = open_parquet(stream, uri)
        if "image" in file.schema_arrow.names:
            yield from (Item(f"{uri}#{row}") for row in range(file.metadata.num_rows))
        else:
            skipped.pass_over("Parquet file without a column 'image'", uri)


def _read_table(uri: str, named: NamedItems) -> Iterator[Item]:
    with open_binary(uri) as stream:
        file = open_parquet(stream, uri)
        names = file.schema_arrow.names
        if "image" in names:
            yield from (Item(f"{uri}#{row}") for row in range(file.metadata.num_rows))
            return
        column = find_column(PATH_COLUMNS, names)
        if column is None:
            raise _without_addresses(uri, names)
        for row, value in enumerate(_addresses(file, stream, column, uri)):
            yield named(value, f"{uri}#{row}")


def _addresses(
    file: pq.ParquetFile, stream: IO[bytes], column: str, uri: str
) -> Iterator[str | None]:
    """The cells of a column as text, cut where they are longer than any address."""
    try:
        for group in range(file.num_row_groups):
            rows = batch_rows(require_sound_pages(file, stream, group, column, uri))
            for batch in file.iter_batches(
                rows, row_groups=[group], columns=[column], use_threads=False
            ):
                for cell in batch.column(0):
                    value = cell.as_py()
                    yield None if value is None else str(value)[:_MAX_ADDRESS]
    except (OSError, pa.ArrowException, ValueError) as error:
        raise DataError(f"{uri} cannot be read: {error}; is it whole?") from error


def _read_list(uri: str, named: NamedItems) -> Iterator[Item]:
    """One address on a line; empty lines are passed over."""
    with open_binary(uri) as stream:
        for number, line in enumerate(stream, start=1):
            text = line.decode("utf-8", "surrogateescape").removeprefix("\ufeff").rstrip("\r\n")
            if text.strip():
                yield named(text, f"{uri}, line {number}")


def _read_csv(uri: str, named: NamedItems) -> Iterator[Item]:
    """The address in the path column of each row."""
    with open_csv(uri) as (header, rows):
        column = find_column(PATH_COLUMNS, header)
        if column is None:
            raise _without_addresses(uri, header)
        place = header.index(column)
        for cells, where in rows:
            yield named(cells[place].strip() if place < len(cells) else None, where)


def _without_addresses(uri: str, names: Iterable[str]) -> DataError:
    return DataError(
        f"{uri} has neither a column 'image' of pictures nor one of {', '.join(PATH_COLUMNS)}; "
        f"its columns are {', '.join(names)}"
    )


_TABLES: Final = {
    **dict.fromkeys(LIST_SUFFIXES, _read_list),
    **dict.fromkeys(sorted(CSV_SUFFIXES), _read_csv),
    ".parquet": _read_table,
}
"""Suffix of a file that names pictures → what reads it."""
