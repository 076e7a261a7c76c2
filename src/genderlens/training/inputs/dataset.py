"""A manifest as batches of tensors."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from genderlens.data.manifest import Manifest
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.training.inputs.classes import ClassIndex
from genderlens.training.inputs.pixels import Pixels

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""Pictures N×3×H×W uint8, numbers of the answer's labels N float, classes of the further heads N×A
long (-1 unknown), weights N float, what teachers say N or N×labels float (NaN without teachers)."""


class FaceBatches(Dataset[Batch]):
    """Batches of pictures with their targets; indexed by a list of row numbers."""

    def __init__(
        self,
        manifest: Manifest,
        pixels: Pixels,
        auxiliary: Sequence[ClassIndex] = (),
        *,
        stored_at: Sequence[int] | None = None,
        head: Head = GENDER,
    ) -> None:
        """``stored_at`` says where in ``pixels`` each row's picture lies, if not in order.

        ``head`` numbers the labels.
        """
        count = len(manifest)
        self.pixels = pixels
        self.stored_at = range(count) if stored_at is None else stored_at
        self.labels = np.asarray([head.index(label) for label in manifest.labels], np.float32)
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
