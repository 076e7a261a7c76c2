"""Pictures decoded once into a memory-mapped array."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from genderlens.data.decoded import append_note, hold_copy
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_in_stored_order
from genderlens.errors import DataError, ImageError
from genderlens.files.drafts import clear_drafts
from genderlens.pictures.imaging import Interpolation, decode_image, resize_region
from genderlens.storage import file_versions, replacing, split_fragment

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class PixelSpec:
    """How pictures are stored."""

    shape: tuple[int, int]
    """Height and width in pixels."""
    interpolation: Interpolation = "bilinear"

    @classmethod
    def square(cls, size_px: int) -> PixelSpec:
        return cls((size_px, size_px))

    def __str__(self) -> str:
        height, width = self.shape
        size = f"{height}" if height == width else f"{height}x{width}"
        return size if self.interpolation == "bilinear" else f"{size}-{self.interpolation}"


def load_pixels(manifest: Manifest, spec: PixelSpec, folder: Path) -> Pixels:
    """Every picture as N×height×width×3, memory-mapped from ``folder``; decoded once only."""
    path = folder / f"pixels-{content_key(manifest)[:16]}-{spec}.npy"
    if not hold_copy(path):
        _decode_all(manifest, spec, path)
        hold_copy(path)
    pixels: Pixels = np.load(path, mmap_mode="r")
    return pixels


def content_key(manifest: Manifest) -> str:
    """Changes with the rows and with the files behind them, so it names what a cache holds."""
    digest = hashlib.sha256(manifest.fingerprint().encode())
    containers = dict.fromkeys(split_fragment(uri)[0] for uri in manifest.uris)
    for version in file_versions(list(containers)):
        digest.update(version.encode())
    return digest.hexdigest()


def _decode_all(manifest: Manifest, spec: PixelSpec, path: Path) -> None:
    uris, contents = manifest.uris, iterate_in_stored_order(manifest)
    shape = (len(uris), *spec.shape, 3)
    clear_drafts(path.parent, of=path.name)
    with replacing(path) as partial:
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)
        for index, content in tqdm(contents, total=len(manifest), desc="decoding"):
            array[index] = _decode(content, spec, uris[index])
        array.flush()
        append_note(partial, uris)


def _decode(content: bytes, spec: PixelSpec, uri: str) -> Pixels:
    try:
        return resize_region(decode_image(content), spec.shape, interpolation=spec.interpolation)
    except ImageError as error:
        raise DataError(f"{uri} cannot be used: {error}; or leave it out") from error
