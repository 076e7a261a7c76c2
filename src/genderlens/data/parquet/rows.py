"""Encoded pictures out of the ``image`` column of one Parquet file, one row group at a time."""

from __future__ import annotations

from bisect import bisect_right
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.parquet.limits import open_parquet, require_sound_pages
from genderlens.errors import DataError
from genderlens.remote import is_remote

_COLUMN: Final = "image"


class ParquetRows:
    """Reads rows by number; neighbours come out of the row group that was read last."""

    def __init__(self, stream: IO[bytes], container: str) -> None:
        self._stream, self._container = stream, container
        self._file = _open(stream, container)
        self._starts = _row_group_starts(self._file)
        self._group, self._images = -1, pa.chunked_array([[]])

    def read(self, row: int) -> bytes:
        """The encoded bytes of one row; DataError where there are none."""
        if row >= self._starts[-1]:
            count = self._starts[-1]
            raise DataError(f"{self._container} has {count} rows, so row {row} does not exist")
        group = bisect_right(self._starts, row) - 1
        if group != self._group:
            self._images = self._read_group(group)
            self._group = group
        where = f"{self._container}#{row}"
        place = row - self._starts[group]
        if place >= len(self._images):
            raise DataError(f"{where} is missing: its row group is shorter than it says")
        return _encoded(self._images[place].as_py(), where)

    def _read_group(self, group: int) -> pa.ChunkedArray[Any]:
        """The cells of a group as Arrow keeps them: equal ones, such as of a dictionary, once."""
        try:
            file = self._file
            if self._has_dictionary(group):
                names = [name for name in _leaves(file) if name != f"{_COLUMN}.path"]
                file = open_parquet(self._stream, self._container, dictionaries=names)
            return file.read_row_group(group, columns=[_COLUMN], use_threads=False).column(_COLUMN)
        except (OSError, pa.ArrowException, ValueError, DataError) as error:
            raise DataError(
                f"{self._container} is damaged in row group {group}: {error}"
            ) from error

    def _has_dictionary(self, group: int) -> bool:
        """By the pages themselves; far away, where each look costs, by what the file says."""
        if is_remote(self._container):
            described = self._file.metadata.row_group(group)
            columns = map(described.column, range(described.num_columns))
            return any(c.has_dictionary_page for c in columns if _is_image(c.path_in_schema))
        return require_sound_pages(self._file, self._stream, group, _COLUMN, "it") > 0


def _open(stream: IO[bytes], container: str) -> pq.ParquetFile:
    file = open_parquet(stream, container)
    if _COLUMN not in file.schema_arrow.names:
        raise DataError(f"{container} has no column 'image', so it holds no pictures")
    if any(file.schema.column(i).max_repetition_level for i in _image_columns(file)):
        raise DataError(f"{container} has lists in its column 'image'; write one picture a row")
    return file


def _image_columns(file: pq.ParquetFile) -> list[int]:
    return [i for i in range(len(file.schema)) if _is_image(file.schema.column(i).path)]


def _leaves(file: pq.ParquetFile) -> list[str]:
    return [file.schema.column(i).path for i in _image_columns(file)]


def _is_image(path: str) -> bool:
    return path.split(".")[0] == _COLUMN


def _row_group_starts(file: pq.ParquetFile) -> list[int]:
    starts = [0]
    for group in range(file.num_row_groups):
        starts.append(starts[-1] + file.metadata.row_group(group).num_rows)
    return starts


def _encoded(value: Any, where: str) -> bytes:
    content = value.get("bytes") if isinstance(value, dict) else value
    if not isinstance(content, bytes):
        raise DataError(f"{where} holds no encoded picture in its 'image' column")
    return content
