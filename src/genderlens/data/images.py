"""The encoded pictures behind a manifest, read container by container."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.manifest import Manifest
from genderlens.errors import DataError
from genderlens.storage import open_binary, read_bytes, split_fragment


def iterate_image_bytes(manifest: Manifest) -> Iterator[bytes]:
    """The encoded bytes of every row, in the order of the manifest.

    Neighbouring rows of one Parquet file are read together, one row group at a time.
    """
    addresses = map(split_fragment, manifest.uris)
    for (container, is_plain), group in groupby(addresses, lambda a: (a[0], a[1] is None)):
        if is_plain:
            for _ in group:
                yield read_bytes(container)
        else:
            yield from _iterate_parquet(container, [row for _, row in group if row is not None])


def iterate_in_stored_order(manifest: Manifest) -> Iterator[tuple[int, bytes]]:
    """``(row of the manifest, encoded bytes)`` in the order in which the pictures are stored.

    Each row group is read once however the manifest is shuffled, which in its own order would cost
    one row group per picture.
    """
    addresses = [(container, row or 0) for container, row in map(split_fragment, manifest.uris)]
    order = sorted(range(len(manifest)), key=addresses.__getitem__)
    yield from zip(order, iterate_image_bytes(manifest.take(order)), strict=True)


def _iterate_parquet(container: str, rows: list[int]) -> Iterator[bytes]:
    with open_binary(container) as stream:
        file = _open_parquet(stream, container)
        starts = _row_group_starts(file)
        loaded, images = -1, []
        for row in rows:
            group = _group_of(row, starts, container)
            if group != loaded:
                loaded = group
                images = _read_group(file, group, container)
            yield _encoded(images[row - starts[group]], f"{container}#{row}")


def _open_parquet(stream: IO[bytes], container: str) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(stream)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{container} is not a Parquet file: {error}") from error
    if "image" not in file.schema_arrow.names:
        raise DataError(f"{container} has no column 'image', so it holds no pictures")
    return file


def _read_group(file: pq.ParquetFile, group: int, container: str) -> list[Any]:
    try:
        return file.read_row_group(group, columns=["image"]).column("image").to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{container} is damaged in row group {group}: {error}") from error


def _row_group_starts(file: pq.ParquetFile) -> list[int]:
    starts = [0]
    for group in range(file.num_row_groups):
        starts.append(starts[-1] + file.metadata.row_group(group).num_rows)
    return starts


def _group_of(row: int, starts: list[int], container: str) -> int:
    for group in range(len(starts) - 1):
        if starts[group] <= row < starts[group + 1]:
            return group
    raise DataError(f"{container} has {starts[-1]} rows, so row {row} does not exist")


def _encoded(value: Any, where: str) -> bytes:
    content = value.get("bytes") if isinstance(value, dict) else value
    if not isinstance(content, bytes):
        raise DataError(f"{where} holds no encoded picture in its 'image' column")
    return content
