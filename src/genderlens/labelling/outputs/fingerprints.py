"""What near duplicates are found by: digest, difference hash and thumbnail of every picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.checks.clusters import Clusters
from genderlens.data.sources.hashing import (
    THUMBNAIL_SIDE_PX,
    difference_hash,
    iterate_similar_pairs,
    thumbnail,
)
from genderlens.storage import replacing, sha256_of_bytes

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_DISTANCE: Final = 4
"""Bits; as ``genderlens data check`` has it."""
_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("uri", pa.string()),
    ("outcome", pa.string()),
    ("sha256", pa.string()),
    ("hash", pa.uint64()),
    ("thumbnail", pa.binary(THUMBNAIL_SIDE_PX**2)),
]
_SCHEMA: Final = pa.schema(_FIELDS)
_GROUPS: Final = pa.schema([("uri", pa.string()), ("same_as", pa.string())])


@dataclass(frozen=True, slots=True)
class ItemFingerprint:
    """One decoded picture."""

    sha256: str
    hash: int
    thumbnail: bytes


def take_fingerprint(content: bytes, image: Image) -> ItemFingerprint:
    """The look of a picture whose pixels are at hand."""
    return ItemFingerprint(
        sha256_of_bytes(content), difference_hash(image), thumbnail(image).tobytes()
    )


def write_fingerprints(rows: Sequence[tuple[str, str, ItemFingerprint | None]], path: Path) -> None:
    """Store (uri, outcome, look) of a shard; without a look nothing is ever its duplicate."""
    records = [
        {"uri": uri, "outcome": outcome, **(asdict(look) if look else {})}
        for uri, outcome, look in rows
    ]
    with replacing(path) as partial:
        pq.write_table(pa.Table.from_pylist(records, schema=_SCHEMA), partial)


def write_duplicates(paths: Sequence[Path], out: Path) -> dict[str, int]:
    """Write which picture is a near duplicate of which earlier one; outcomes counted once each.

    Chains of similar pairs are one picture. Needs some 400 bytes of memory for each picture.
    """
    table = pa.concat_tables(pq.read_table(path, schema=_SCHEMA) for path in paths)
    first = np.arange(len(table))
    for group in _groups(table):
        first[group] = group[0]
    further = np.flatnonzero(first != np.arange(len(table)))
    uris = table.column("uri")
    same = pa.table([uris.take(further), uris.take(first[further])], schema=_GROUPS)
    with replacing(out) as partial:
        pq.write_table(same, partial)
    kept = table.take(np.flatnonzero(first == np.arange(len(table)))).column("outcome")
    return dict(sorted(Counter(map(str, kept.to_pylist())).items()))


def _groups(table: pa.Table) -> list[list[int]]:
    known = np.flatnonzero(table.column("hash").is_valid().to_numpy())
    chosen = table.take(known)
    clusters = Clusters(len(table))
    digests = map(str, chosen.column("sha256").to_pylist())
    for first, second in _exact_pairs(digests):
        clusters.join(int(known[first]), int(known[second]))
    hashes = chosen.column("hash").to_numpy()
    pixels = b"".join(cell for cell in chosen.column("thumbnail").to_pylist() if cell)
    thumbnails = np.frombuffer(pixels, np.uint8).reshape(len(chosen), -1) if len(chosen) else None
    if thumbnails is not None:
        for pairs in iterate_similar_pairs(hashes, thumbnails, MAX_DISTANCE):
            for first, second in known[pairs].tolist():
                clusters.join(first, second)
    return clusters.groups()


def _exact_pairs(digests: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Each picture with the first of the same bytes, which may be plain colours as well."""
    seen: dict[str, int] = {}
    for place, digest in enumerate(digests):
        earlier = seen.setdefault(digest, place)
        if earlier != place:
            yield earlier, place
