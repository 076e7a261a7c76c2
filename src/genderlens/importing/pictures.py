"""What a source and its bundle are both asked: labelled pictures, and made-up ones for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.bundle import InputSpec
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import ImageError
from genderlens.export.golden import draw_pictures
from genderlens.pictures.imaging import RgbArray, decode_image, resize_region

COUNT: Final = 100
MOST_LABELLED: Final = 200
_GRIDS: Final = (1, 2, 4, 8, 16, 64)


@dataclass(frozen=True)
class TrialPictures:
    """N×H×W×3 bytes, of which the first ones have labels."""

    crops: RgbArray
    labels: tuple[str, ...]


def gather_pictures(manifest: Manifest | None, spec: InputSpec) -> TrialPictures:
    """At least COUNT pictures as a network sees them; of each label equally many where there are.

    Pictures that cannot be read are left out.
    """
    crops, labels = _read_labelled(manifest, spec) if manifest is not None else ([], [])
    made_up = draw_many(spec.shape, max(COUNT - len(crops), 4))
    return TrialPictures(np.stack([*crops, *made_up]), tuple(labels))


def draw_many(shape: tuple[int, int], count: int) -> list[NDArray[np.uint8]]:
    """Pictures H×W×3, always the same: the golden ones, then noise from coarse to fine."""
    rng = np.random.default_rng(20261128)
    drawn = list(draw_pictures(shape))[:count]
    while len(drawn) < count:
        side = _GRIDS[len(drawn) % len(_GRIDS)]
        low, high = sorted(rng.integers(0, 256, 2).tolist())
        noise = rng.integers(low, high + 1, (side, side, 3)).astype(np.uint8)
        image = Image.fromarray(noise).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
        drawn.append(np.asarray(image))
    return drawn


def _read_labelled(
    manifest: Manifest, spec: InputSpec
) -> tuple[list[NDArray[np.uint8]], list[str]]:
    chosen = _balanced(manifest)
    crops, labels = [], []
    for content, label in zip(iterate_image_bytes(chosen), chosen.labels, strict=True):
        try:
            image = decode_image(content)
        except ImageError:
            continue
        crops.append(resize_region(image, spec.shape, interpolation=spec.interpolation))
        labels.append(label)
    return crops, labels


def _balanced(manifest: Manifest) -> Manifest:
    """Equally many rows of each label, evenly spaced."""
    words = manifest.label_words
    own = [[row for row, found in enumerate(manifest.labels) if found == one] for one in words]
    count = min(MOST_LABELLED // len(words), *map(len, own))
    picked = [rows[index] for rows in own for index in _spaced(len(rows), count)]
    return manifest.take(picked)


def _spaced(length: int, count: int) -> list[int]:
    found: list[int] = np.linspace(0, length - 1, count).astype(int).tolist() if count else []
    return found
