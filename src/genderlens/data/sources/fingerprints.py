"""What identifies each picture of a manifest: its bytes and its looks, taken in one pass."""

from __future__ import annotations

from dataclasses import dataclass

from tqdm import tqdm

from genderlens.cpus import map_in_threads
from genderlens.data.manifest import Manifest
from genderlens.data.sources.hashing import Thumbnails, difference_hash, thumbnail
from genderlens.data.sources.images import iterate_contents, stored_order
from genderlens.errors import DataError, ImageError
from genderlens.pictures.imaging import decode_image
from genderlens.storage import sha256_of_bytes


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digest of the encoded bytes, 64-bit difference hash and thumbnail of the pixels."""

    sha256: str
    hash: int
    thumbnail: Thumbnails


Taken = Fingerprint | ImageError | DataError
"""An error stands in for a picture that cannot be read or decoded."""


def take_fingerprints(manifest: Manifest, *, progress: bool = True) -> list[Taken]:
    """The fingerprint of every row, or why there is none; pictures are decoded several at a time.

    The bar appears on stderr once the work takes more than a second.
    """
    order = stored_order(manifest)
    taken = tqdm(
        map_in_threads(take_fingerprint, iterate_contents(manifest.take(order))),
        total=len(order),
        desc="fingerprints",
        delay=1.0,
        leave=False,
        disable=not progress,
    )
    by_row = dict(zip(order, taken, strict=True))
    return [by_row[row] for row in range(len(order))]


def take_fingerprint(content: bytes | DataError) -> Taken:
    """The fingerprint of one picture."""
    if isinstance(content, DataError):
        return content
    try:
        image = decode_image(content)
    except ImageError as error:
        return error
    return Fingerprint(sha256_of_bytes(content), difference_hash(image), thumbnail(image))
