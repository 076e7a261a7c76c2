"""A manifest as tensors: pictures decoded once into a memory-mapped array, then read by batches."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import Dataset, Sampler
from tqdm import tqdm

from genderlens.data.images import iterate_in_stored_order
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, ImageError
from genderlens.imaging import decode_image, resize_square
from genderlens.storage import file_version, replacing, split_fragment
from genderlens.types import LABELS

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Pictures N×3×S×S uint8, labels N float (male = 1), auxiliary classes N×A long (-1 unknown)."""

Pixels = NDArray[np.uint8]


def load_pixels(manifest: Manifest, size_px: int, folder: Path) -> Pixels:
    """Every picture as N×S×S×3, memory-mapped from ``folder``; decoded on first use only."""
    path = folder / f"pixels-{_content_key(manifest)[:16]}-{size_px}.npy"
    if not path.exists():
        _decode_all(manifest, size_px, path)
    pixels: Pixels = np.load(path, mmap_mode="r")
    return pixels


def _content_key(manifest: Manifest) -> str:
    """Changes with the rows and with the files behind them."""
    digest = hashlib.sha256(manifest.fingerprint().encode())
    for container in dict.fromkeys(split_fragment(uri)[0] for uri in manifest.uris):
        digest.update(file_version(container).encode())
    return digest.hexdigest()


def _decode_all(manifest: Manifest, size_px: int, path: Path) -> None:
    shape = (len(manifest), size_px, size_px, 3)
    uris, contents = manifest.uris, iterate_in_stored_order(manifest)
    with replacing(path) as partial:
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)
        for index, content in tqdm(contents, total=len(manifest), desc="decoding"):
            array[index] = _decode(content, size_px, uris[index])
        array.flush()


def _decode(content: bytes, size_px: int, uri: str) -> Pixels:
    try:
        return resize_square(decode_image(content), size_px, interpolation="bilinear")
    except ImageError as error:
        raise DataError(f"{uri} cannot be used: {error}; or leave it out") from error


@dataclass(frozen=True)
class ClassIndex:
    """The classes of one auxiliary attribute, in sorted order."""

    attribute: str
    classes: tuple[str, ...]

    @classmethod
    def of(cls, manifest: Manifest, attribute: str) -> ClassIndex:
        values = {value for value in manifest.column(attribute) if value is not None}
        return cls(attribute, tuple(sorted(values)))

    def encode(self, manifest: Manifest) -> NDArray[np.int64]:
        index = {name: i for i, name in enumerate(self.classes)}
        column = manifest.column(self.attribute)
        values = [-1 if value is None else index.get(value, -1) for value in column]
        return np.asarray(values, dtype=np.int64)


class FaceBatches(Dataset[Batch]):
    """Batches of pictures with their targets; indexed by a list of row numbers."""

    def __init__(
        self,
        manifest: Manifest,
        pixels: Pixels,
        auxiliary: Sequence[ClassIndex] = (),
        *,
        codec_p: float = 0.0,
    ) -> None:
        self.pixels = pixels
        self.labels = np.asarray([LABELS.index(label) for label in manifest.labels], np.float32)
        columns = [index.encode(manifest) for index in auxiliary]
        self.auxiliary = np.stack(columns, 1) if columns else np.zeros((len(manifest), 0), np.int64)
        self.codec_p = codec_p

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: list[int]) -> Batch:
        pictures = np.stack([self._picture(row) for row in rows])
        return (
            torch.from_numpy(pictures).permute(0, 3, 1, 2),
            torch.from_numpy(self.labels[rows]),
            torch.from_numpy(self.auxiliary[rows]),
        )

    def _picture(self, row: int) -> Pixels:
        picture: Pixels = self.pixels[row]
        if self.codec_p and torch.rand(()).item() < self.codec_p:
            return compress(picture)
        return picture


def compress(picture: Pixels) -> Pixels:
    """The picture after a lossy JPEG (3 in 4) or WebP round trip of random quality 15..80."""
    quality = int(torch.randint(15, 81, ()).item())
    codec = "JPEG" if torch.rand(()).item() < 0.75 else "WEBP"
    stream = io.BytesIO()
    options = {"method": 0} if codec == "WEBP" else {}
    Image.fromarray(picture).save(stream, codec, quality=quality, **options)
    return np.asarray(Image.open(stream).convert("RGB"), dtype=np.uint8)


class EpochBatches(Sampler[list[int]]):
    """Row numbers of each batch; seed and epoch alone decide the shuffle, so runs can resume."""

    def __init__(
        self, length: int, batch_size: int, *, seed: int = 0, shuffle: bool = True
    ) -> None:
        self.length, self.batch_size, self.seed, self.shuffle = length, batch_size, seed, shuffle
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(self.length, self.batch_size)
        return max(1, whole) if self.shuffle else whole + bool(rest)

    def __iter__(self) -> Iterator[list[int]]:
        order = np.arange(self.length)
        if self.shuffle:
            np.random.default_rng((self.seed, self.epoch)).shuffle(order)
        for start in range(len(self)):
            yield order[start * self.batch_size : (start + 1) * self.batch_size].tolist()
