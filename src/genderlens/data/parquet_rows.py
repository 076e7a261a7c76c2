"""Encoded pictures out of the ``image`` column of one Parquet file, one row group at a time."""

from __future__ import annotations

from bisect import bisect_right
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.errors import DataError


class ParquetRows:
    """Reads rows by number; neighbours come out of the row group that was read last."""

    def __init__(self, stream: IO[bytes], container: str) -> None:
        self._container = container
        self._file = _open(stream, container)
        self._starts = _row_group_starts(self._file)
        self._group, self._images = -1, list[Any]()

    def read(self, row: int) -> bytes:
        """The encoded bytes of one row; DataError where there are none."""
        if row >= self._starts[-1]:
            count = self._starts[-1]
            raise DataError(f"{self._container} has {count} rows, so row {row} does not exist")
        group = bisect_right(self._starts, row) - 1
        if group != self._group:
            self._images = self._read_group(group)
            self._group = group
        return _encoded(self._images[row - self._starts[group]], f"{self._container}#{row}")

    def _read_group(self, group: int) -> list[Any]:
        try:
            return self._read_images(group)
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"{self._container} is damaged in row group {group}: {error}"
            ) from error

    def _read_images(self, group: int) -> list[Any]:
        table = self._file.read_row_group(group, columns=["image"], use_threads=False)
        return table.column("image").to_pylist()


def _open(stream: IO[bytes], container: str) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(stream, pre_buffer=False)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{container} is not a Parquet file: {error}") from error
    if "image" not in file.schema_arrow.names:
        raise DataError(f"{container} has no column 'image', so it holds no pictures")
    return file


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
