"""A picture as the networks of a detector take it: bytes, black up to sides they can halve."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MULTIPLE: Final = 32
"""Sides of the input are multiples of this."""

Bytes = NDArray[np.uint8]


def shrink(image: Image.Image, max_side_px: int) -> Image.Image:
    """The picture with its longer side at most so long."""
    scale = min(1.0, max_side_px / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def to_input(image: Image.Image) -> Bytes:
    """1×H×W×3 bytes, black to the right and below up to a multiple of 32."""
    height, width = (-(-side // MULTIPLE) * MULTIPLE for side in (image.height, image.width))
    values = np.zeros((1, height, width, 3), np.uint8)
    values[0, : image.height, : image.width] = np.asarray(image)
    return values


def nearest_multiple(side: float) -> int:
    """The nearest side that a network takes without padding."""
    return round(side / MULTIPLE) * MULTIPLE
