"""A SOURCE of pictures without labels as a stream of items; nothing is ever listed into memory.

Folders, glob patterns, text lists, Parquet with pictures or their addresses, tar shards, single
pictures, here or in a cloud. Containers in a folder are opened up where they stand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.data.parquet_limits import batch_rows, open_parquet, require_sound_pages
from genderlens.data.tar_file import iterate_members, open_tar
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.labelling.addresses import NamedItems
from genderlens.labelling.items import Item, create_item, sort_items
from genderlens.labelling.listing import (
    CONTAINER_SUFFIXES,
    expand_pattern,
    is_pattern,
    walk_folder,
    walk_prefix,
)
from genderlens.remote import describe_remote, is_remote
from genderlens.storage import open_binary

URI_COLUMNS: Final = ("uri", "path", "file_name", "image_path")
"""Where a table without pictures says where they lie; the first that is there counts."""
LIST_SUFFIXES: Final = (".txt", ".lst", ".list")
_MAX_ADDRESS: Final = 10_000


def iterate_items(source: str, *, trusted: bool = False) -> Iterator[Item]:
    """Every picture of a source, in an order that depends on nothing but the source.

    Names in folders and patterns are sorted; lists, tables and containers keep their own order.
    ``trusted`` lets a list or table name pictures anywhere. Raises SourceNotFoundError where
    nothing is, DataError for a source that cannot be read at all; a broken container inside a
    folder is one refused item.
    """
    if _suffix(source) in LIST_SUFFIXES and not is_pattern(source):
        yield from _read_list(source, NamedItems(source, trusted=trusted))
    elif _suffix(source) == ".parquet" and not is_pattern(source) and not _is_folder(source):
        yield from _read_table(source, NamedItems(source, trusted=trusted))
    else:
        for item in sort_items(_find_files(source)):
            yield from _open_up(item)


def normal_source(source: str) -> str:
    """A source as its job is known by: absolute, without a slash at the end."""
    if is_remote(source):
        return source.rstrip("/")
    return os.path.abspath(source.removeprefix("file://"))  # noqa: PTH100 - links stay as they are


def _suffix(uri: str) -> str:
    return PurePosixPath(uri).suffix.lower()


def _is_folder(source: str) -> bool:
    return describe_remote(source).is_folder if is_remote(source) else Path(source).is_dir()


def _find_files(source: str) -> Iterator[Item]:
    if is_remote(source):
        is_file = not is_pattern(source) and not describe_remote(source).is_folder
        return iter([Item(source)]) if is_file else walk_prefix(source.rstrip("/"))
    if Path(source).is_dir():
        return walk_folder(source)
    if Path(source).exists():
        return iter([create_item(source)])
    if is_pattern(source):
        return expand_pattern(source)
    raise SourceNotFoundError(f"nothing is at {source!r}; check the path")


def _open_up(item: Item) -> Iterator[Item]:
    """The pictures in a container, or the item itself; damage costs only what lies behind it."""
    suffix = _suffix(item.uri)
    if item.refusal or suffix not in CONTAINER_SUFFIXES:
        yield item
        return
    try:
        yield from _tar_items(item.uri) if suffix == ".tar" else _parquet_items(item.uri)
    except DataError as error:
        if is_remote(item.uri):
            describe_remote(
                item.uri
            )  # raises where the cloud is out of reach: then nothing is lost
        yield create_item(item.uri, error.message)


def _tar_items(uri: str) -> Iterator[Item]:
    with open_tar(uri) as tar:
        for member in iterate_members(tar, uri):
            if _suffix(member.name) in PICTURE_SUFFIXES:
                yield Item(f"{uri}#{member.offset}")


def _parquet_items(uri: str) -> Iterator[Item]:
    """Rows that hold pictures; a table without any, inside a folder, is none of the pictures."""
    with open_binary(uri) as stream:
        file = open_parquet(stream, uri)
        if "image" in file.schema_arrow.names:
            yield from (Item(f"{uri}#{row}") for row in range(file.metadata.num_rows))


def _read_table(uri: str, named: NamedItems) -> Iterator[Item]:
    with open_binary(uri) as stream:
        file = open_parquet(stream, uri)
        names = file.schema_arrow.names
        if "image" in names:
            yield from (Item(f"{uri}#{row}") for row in range(file.metadata.num_rows))
            return
        column = next((name for name in URI_COLUMNS if name in names), None)
        if column is None:
            raise DataError(
                f"{uri} has neither a column 'image' nor one of {', '.join(URI_COLUMNS)}; "
                f"its columns are {', '.join(names)}"
            )
        for row, value in enumerate(_addresses(file, stream, column, uri)):
            yield named(value, f"{uri}#{row}")


def _addresses(
    file: pq.ParquetFile, stream: IO[bytes], column: str, uri: str
) -> Iterator[str | None]:
    """The cells of a column as text, cut where they are longer than any address."""
    try:
        for group in range(file.num_row_groups):
            rows = batch_rows(require_sound_pages(file, stream, group, column, uri))
            for batch in file.iter_batches(rows, row_groups=[group], columns=[column]):
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
