"""A manifest to Parquet shards that carry their pictures: ``train-00000-of-00003.parquet``.

Each shard is written whole before its name appears, and its sidecar ``….json`` last. A shard whose
sidecar tells of the same rows is not written again, so a conversion that was killed goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from genderlens.data.images import iterate_image_bytes
from genderlens.data.manifest import SPLITS, Manifest
from genderlens.data.readers.listing import visible_files
from genderlens.errors import DataError, ManifestError
from genderlens.storage import (
    file_version,
    is_remote,
    replacing,
    split_fragment,
    write_bytes_atomically,
)

DEFAULT_ROWS_PER_SHARD: Final = 5_000
ROWS_PER_GROUP: Final = 500
MAX_GROUP_BYTES: Final = 256_000_000
"""A row group of large pictures is closed earlier, because it is held in memory."""
NO_SPLIT: Final = "data"
Advance = Callable[[int], object]
"""Told the number of rows that were written since it was last called."""
_IMAGE: Final = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


@dataclass(frozen=True)
class Shard:
    """One file to write, and the rows that it holds."""

    path: Path
    manifest: Manifest

    @property
    def sidecar(self) -> Path:
        """What tells that the shard is there and whole."""
        return self.path.with_suffix(".json")

    def key(self) -> str:
        """Changes with any cell of the rows and with the files behind them."""
        digest = hashlib.sha256(json.dumps(self.manifest.table.to_pydict()).encode())
        for container in dict.fromkeys(split_fragment(uri)[0] for uri in self.manifest.uris):
            digest.update(file_version(container).encode())
        return digest.hexdigest()

    def describe(self) -> dict[str, str | int]:
        """The sidecar of the shard as it lies there now."""
        rows, size = len(self.manifest), self.path.stat().st_size
        return {"rows": rows, "bytes": size, "key": self.key()}

    def is_written(self) -> bool:
        """Whether the shard is there with just these rows."""
        try:
            written: object = json.loads(self.sidecar.read_text("utf-8"))
            return written == self.describe()
        except (OSError, ValueError):
            return False


def convert_manifest(
    manifest: Manifest,
    out: Path,
    *,
    rows_per_shard: int = DEFAULT_ROWS_PER_SHARD,
    progress: bool = True,
) -> list[Path]:
    """Write every row with its encoded picture below ``out``; the paths of all shards.

    Raises DataError for a picture that cannot be read and a folder that cannot be written,
    ManifestError where ``out`` holds other shards or the source itself. The bar appears on stderr
    once the work takes more than a second.
    """
    shards = plan_shards(manifest, out, rows_per_shard)
    _refuse_mixing(shards, manifest, out)
    bar = tqdm(total=len(manifest), desc="converting", delay=1.0, leave=False, disable=not progress)
    with bar:
        for shard in shards:
            if shard.is_written():
                bar.update(len(shard.manifest))
            else:
                _write_shard(shard, bar.update)
    return [shard.path for shard in shards]


def plan_shards(manifest: Manifest, out: Path, rows_per_shard: int) -> list[Shard]:
    """The shards of each split, their rows in the order of the manifest."""
    return [
        Shard(out / f"{name}-{index:05d}-of-{len(pieces):05d}.parquet", manifest.take(rows))
        for name, pieces in _pieces_by_split(manifest, rows_per_shard)
        for index, rows in enumerate(pieces)
    ]


def _pieces_by_split(
    manifest: Manifest, rows_per_shard: int
) -> Iterator[tuple[str, list[list[int]]]]:
    splits = manifest.column("split")
    for split in (*SPLITS, None):
        rows = [row for row, name in enumerate(splits) if name == split]
        pieces = [rows[i : i + rows_per_shard] for i in range(0, len(rows), rows_per_shard)]
        if pieces:
            yield split or NO_SPLIT, pieces


def _refuse_mixing(shards: Sequence[Shard], manifest: Manifest, out: Path) -> None:
    planned = {shard.path.name for shard in shards}
    there = visible_files(out, {".parquet"}) if out.is_dir() else []
    strangers = sorted({path.name for path in there} - planned)
    if strangers:
        raise ManifestError(
            f"{out} holds {strangers[0]}, which is no shard of this conversion; "
            "give an empty folder or remove it"
        )
    target = out.resolve()
    containers = {split_fragment(uri)[0] for uri in manifest.uris}
    inside = (c for c in containers if not is_remote(c) and Path(c).resolve().parent == target)
    if source := next(inside, None):
        raise ManifestError(f"{source} lies in {out}, which is written to; give another folder")


def _write_shard(shard: Shard, advance: Advance) -> None:
    try:
        shard.sidecar.unlink(missing_ok=True)
        with replacing(shard.path) as partial:
            _write_rows(shard.manifest, partial, advance)
        sidecar = json.dumps(shard.describe(), indent=2) + "\n"
        write_bytes_atomically(shard.sidecar, sidecar.encode())
    except OSError as error:
        raise DataError(f"cannot write {shard.path}: {error}; check rights and space") from error


def _write_rows(manifest: Manifest, path: Path, advance: Advance) -> None:
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
        images.append({"bytes": content, "path": Path(uri).name})
        size += len(content)
        if len(images) == ROWS_PER_GROUP or size >= MAX_GROUP_BYTES:
            yield images
            images, size = [], 0
    if images:
        yield images
