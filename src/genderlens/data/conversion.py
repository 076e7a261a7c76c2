"""A manifest to shards that carry their pictures: ``train-00000-of-00003.parquet`` or ``….tar``.

Each shard is written whole before its name appears, and its sidecar ``….json`` last. A shard whose
sidecar tells of the same rows is not written again, so a conversion that was killed goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tqdm import tqdm

from genderlens.data.manifest import SPLITS, Manifest
from genderlens.data.readers.listing import visible_files
from genderlens.data.sources.shard_files import WRITERS, Advance
from genderlens.errors import DataError, ManifestError
from genderlens.files.drafts import clear_drafts
from genderlens.remote import is_remote
from genderlens.storage import file_versions, replacing, split_fragment, write_bytes_atomically

DEFAULT_ROWS_PER_SHARD: Final = 5_000
NO_SPLIT: Final = "data"
Format = Literal["parquet", "tar"]


@dataclass(frozen=True)
class OutputShard:
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
        containers = dict.fromkeys(split_fragment(uri)[0] for uri in self.manifest.uris)
        for version in file_versions(list(containers)):
            digest.update(version.encode())
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
    form: Format = "parquet",
    progress: bool = True,
) -> list[Path]:
    """Write every row with its encoded picture below ``out``; the paths of all shards.

    ``form`` is ``parquet``, or ``tar`` for WebDataset. Raises DataError for a picture that cannot
    be read and a folder that cannot be written, ManifestError where ``out`` holds other shards or
    the source itself. The bar appears on stderr once the work takes more than a second.
    """
    shards = plan_shards(manifest, out, rows_per_shard, form)
    _refuse_mixing(shards, manifest, out)
    clear_drafts(out)
    bar = tqdm(total=len(manifest), desc="converting", delay=1.0, leave=False, disable=not progress)
    with bar:
        for shard in shards:
            if shard.is_written():
                bar.update(len(shard.manifest))
            else:
                _write_shard(shard, bar.update)
    return [shard.path for shard in shards]


def plan_shards(
    manifest: Manifest, out: Path, rows_per_shard: int, form: Format
) -> list[OutputShard]:
    """The shards of each split, their rows in the order of the manifest."""
    return [
        OutputShard(out / f"{name}-{index:05d}-of-{len(pieces):05d}.{form}", manifest.take(rows))
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


def _refuse_mixing(shards: Sequence[OutputShard], manifest: Manifest, out: Path) -> None:
    planned = {shard.path.name for shard in shards}
    there = visible_files(out, WRITERS) if out.is_dir() else []
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


def _write_shard(shard: OutputShard, advance: Advance) -> None:
    try:
        shard.sidecar.unlink(missing_ok=True)
        with replacing(shard.path) as partial:
            WRITERS[shard.path.suffix](shard.manifest, partial, advance)
        sidecar = json.dumps(shard.describe(), indent=2) + "\n"
        write_bytes_atomically(shard.sidecar, sidecar.encode())
    except OSError as error:
        raise DataError(f"cannot write {shard.path}: {error}; check rights and space") from error
