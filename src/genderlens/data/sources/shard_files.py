"""One shard of pictures with their labels, as Parquet or as a tar file of WebDataset.

Parquet: column ``image`` of ``{bytes, path}`` beside the cells. Tar: ``000000.webp`` with the
cells in ``000000.json``, as https://github.com/webdataset/webdataset reads it. Equal rows give
equal bytes, so that a conversion can be compared.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, ImageError, ManifestError
from genderlens.pictures.containers import find_format

ROWS_PER_GROUP: Final = 500
MAX_GROUP_BYTES: Final = 256_000_000
"""A row group of large pictures is closed earlier, because it is held in memory."""
_IMAGE: Final = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

Advance = Callable[[int], object]
"""Told the number of rows that were written since it was last called."""
Write = Callable[[Manifest, Path, Advance], None]


def write_parquet_rows(manifest: Manifest, path: Path, advance: Advance) -> None:
    """Every row into one Parquet file, a row group at a time."""
    cells = _cells(manifest)
    schema = pa.schema([("image", _IMAGE), *((name, pa.string()) for name in cells.column_names)])
    names: Any = cells.column_names  # the stubs know truth values only
    with pq.ParquetWriter(path, schema, use_dictionary=names) as writer:
        begin = 0
        for images in _group_images(manifest):
            columns = cells.slice(begin, len(images)).columns
            group = pa.Table.from_arrays([pa.array(images, _IMAGE), *columns], schema=schema)
            writer.write_table(group)
            begin += len(images)
            advance(len(images))


def write_tar_rows(manifest: Manifest, path: Path, advance: Advance) -> None:
    """Every row into one tar file; DataError for bytes that are no picture of a known format."""
    rows = manifest.table.drop_columns(["uri", "split"]).to_pylist()
    contents = zip(manifest.uris, iterate_image_bytes(manifest), rows, strict=True)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for index, (uri, content, row) in enumerate(contents):
            _add(tar, f"{index:06d}.{_suffix(content, uri)}", content)
            known = {name: value for name, value in row.items() if value is not None}
            _add(tar, f"{index:06d}.json", json.dumps(known, ensure_ascii=False).encode())
            advance(1)


WRITERS: Final[dict[str, Write]] = {".parquet": write_parquet_rows, ".tar": write_tar_rows}
"""Suffix of a shard → what writes it."""


def _cells(manifest: Manifest) -> pa.Table:
    """Everything but the address and the split, which the shard's name tells."""
    if "image" in manifest.attributes:
        raise ManifestError("the attribute 'image' has the name of the pictures; rename it")
    return manifest.table.drop_columns(["uri", "split"])


def _group_images(manifest: Manifest) -> Iterator[list[dict[str, bytes | str]]]:
    """The cells of the image column, a row group at a time."""
    images: list[dict[str, bytes | str]] = []
    size = 0
    for uri, content in zip(manifest.uris, iterate_image_bytes(manifest), strict=True):
        images.append({"bytes": content, "path": PurePosixPath(uri).name})
        size += len(content)
        if len(images) == ROWS_PER_GROUP or size >= MAX_GROUP_BYTES:
            yield images
            images, size = [], 0
    if images:
        yield images


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """A plain member without owner or time."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _suffix(content: bytes, uri: str) -> str:
    """By the bytes and not the name, which may be wrong or that of a container."""
    try:
        return find_format(content).suffix
    except ImageError as error:
        raise DataError(f"{uri} cannot go into a shard: {error}; or leave it out") from error
