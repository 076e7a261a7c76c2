"""A manifest as batches of tensors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import Dataset

from genderlens.data.manifest import Manifest
from genderlens.training.inputs.pixels import Pixels
from genderlens.types import LABELS

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""Pictures N×3×H×W uint8, labels N float (male = 1), auxiliary classes N×A long (-1 unknown),
weights N float, teachers' log-odds N float (NaN without teachers)."""


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
        stored_at: Sequence[int] | None = None,
    ) -> None:
        """``stored_at`` says where in ``pixels`` each row's picture lies, if not in order."""
        count = len(manifest)
        self.pixels = pixels
        self.stored_at = range(count) if stored_at is None else stored_at
        self.labels = np.asarray([LABELS.index(label) for label in manifest.labels], np.float32)
        columns = [index.encode(manifest) for index in auxiliary]
        self.auxiliary = np.stack(columns, 1) if columns else np.zeros((count, 0), np.int64)
        self.weights = np.ones(count, np.float32)
        self.teacher = np.full(count, np.nan, np.float32)
        self.codec_p = 0.0

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: list[int]) -> Batch:
        pictures = np.stack([self._picture(row) for row in rows])
        return (
            torch.from_numpy(pictures).permute(0, 3, 1, 2),
            torch.from_numpy(self.labels[rows]),
            torch.from_numpy(self.auxiliary[rows]),
            torch.from_numpy(self.weights[rows]),
            torch.from_numpy(self.teacher[rows]),
        )

    def _picture(self, row: int) -> Pixels:
        picture: Pixels = self.pixels[self.stored_at[row]]
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
