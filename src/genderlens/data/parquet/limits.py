"""Parquet files from elsewhere, opened within bounds: few bytes must not become much memory.

A run length says "a billion rows" in five bytes, and a dictionary holds one value for all of them.
So rows are counted against the bytes of the file, pages against what they are packed from, and
tables are read in batches that are weighed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.parquet.pages import PageHeader, read_pages
from genderlens.errors import DataError

MAX_PAGE_BYTES: Final = 1_000_000_000
_FREE_ROWS: Final = 10_000
"""So many rows may be made of nothing; each further one takes a byte of the file at least."""
_FREE_PAGE_BYTES: Final = 16_000_000
_MAX_RATIO: Final = 100
"""Pictures are packed already; what shrinks more than this is made to grow."""
_FREE_TABLE_BYTES: Final = 64_000_000
_TABLE_BYTES_PER_BYTE: Final = 64
_BATCH_ROWS: Final = 10_000
_BATCH_BYTES: Final = 64_000_000


def open_parquet(
    stream: IO[bytes], where: str, *, dictionaries: Sequence[str] = ()
) -> pq.ParquetFile:
    """An open Parquet file that has as many rows as its bytes can hold; DataError otherwise.

    Nothing is read ahead: Arrow's threads would hold the stream while the interpreter ends.
    Columns among ``dictionaries`` are read as Arrow dictionaries: equal values are held once.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    try:
        file = pq.ParquetFile(stream, read_dictionary=list(dictionaries), pre_buffer=False)
        groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    except (OSError, pa.ArrowException, ValueError, OverflowError) as error:
        raise DataError(f"{where} is not a Parquet file: {error}; is it whole?") from error
    rows = file.metadata.num_rows
    if min(groups, default=0) < 0 or sum(groups) != rows:
        raise DataError(f"{where} says {rows} rows and holds {sum(groups)}; write it again")
    if rows > _FREE_ROWS + size:
        raise DataError(f"{where} says {rows:,} rows in {size:,} bytes; it is damaged or hostile")
    return file


def require_sound_pages(
    file: pq.ParquetFile, stream: IO[bytes], group: int, column: str, where: str
) -> int:
    """The bytes of a column's dictionaries in a row group, 0 where it has none.

    DataError where a page grows too much.
    """
    pages = list(_pages(file, stream, group, column, where))
    for page in pages:
        allowed = max(_FREE_PAGE_BYTES, _MAX_RATIO * page.stored_bytes)
        if page.bytes > min(allowed, MAX_PAGE_BYTES):
            raise DataError(
                f"{where} packs {page.bytes:,} bytes into {page.stored_bytes:,}; "
                "it is damaged or hostile"
            )
    return sum(page.bytes for page in pages if page.is_dictionary)


def batch_rows(dictionary_bytes: int) -> int:
    """So many rows may be read at once where each of them may be the whole of a dictionary."""
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(1, dictionary_bytes)))


def _pages(
    file: pq.ParquetFile, stream: IO[bytes], group: int, column: str, where: str
) -> Iterator[PageHeader]:
    described = file.metadata.row_group(group)
    for index in range(described.num_columns):
        chunk = described.column(index)
        if chunk.path_in_schema.split(".")[0] != column:
            continue
        begins = [chunk.data_page_offset, chunk.dictionary_page_offset]
        begin = min(offset for offset in begins if offset is not None and offset > 0)
        yield from read_pages(stream, begin, chunk.total_compressed_size, where)


def read_columns(stream: IO[bytes], where: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a table without pictures, all where none are named.

    DataError where the file is no Parquet file, or where much more comes out than lies in it.
    """
    file = open_parquet(stream, where)
    size = stream.seek(0, os.SEEK_END)
    limit = _FREE_TABLE_BYTES + _TABLE_BYTES_PER_BYTE * size
    names = list(file.schema_arrow.names if columns is None else columns)
    _require_plain(file, names, where)
    batches, held = list[pa.RecordBatch](), 0
    try:
        for group in range(file.num_row_groups):
            known = [require_sound_pages(file, stream, group, name, where) for name in names]
            rows = batch_rows(sum(known))
            for batch in _batches(file, rows, group, names):
                held += batch.nbytes
                if held > limit:
                    raise DataError(
                        f"{where} makes more than {limit:,} bytes of {size:,}; "
                        "it is damaged or hostile"
                    )
                batches.append(batch)
        schema = pa.schema([file.schema_arrow.field(name) for name in names])
        return pa.Table.from_batches(batches, schema=batches[0].schema if batches else schema)
    except (OSError, pa.ArrowException, ValueError, OverflowError) as error:
        raise DataError(f"{where} cannot be read: {error}; is the file whole?") from error


def _batches(
    file: pq.ParquetFile, rows: int, group: int, names: list[str]
) -> Iterator[pa.RecordBatch]:
    return file.iter_batches(rows, row_groups=[group], columns=names, use_threads=False)


def _require_plain(file: pq.ParquetFile, names: Sequence[str], where: str) -> None:
    """Lists and maps repeat: their rows say nothing about how much they hold."""
    for index in range(len(file.schema)):
        column = file.schema.column(index)
        if column.path.split(".")[0] in names and column.max_repetition_level:
            raise DataError(f"{where} has lists in its column {column.path.split('.')[0]!r}")
