"""A picture as the networks of a detector take it: bytes, black up to sides they can halve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.pictures.imaging import resize_region
from genderlens.pictures.regions import Region

MULTIPLE: Final = 32
"""Sides of the input are multiples of this."""

Bytes = NDArray[np.uint8]


def shrink(image: Image.Image, max_side_px: int, reducing_gap: float = 2.0) -> Image.Image:
    """The picture with its longer side at most so long.

    ``reducing_gap``: times that size down to which cells of whole pixels are averaged first, which
    costs a third of filtering.
    """
    scale = min(1.0, max_side_px / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=reducing_gap)


def to_input(image: Image.Image) -> Bytes:
    """1×H×W×3 bytes, black to the right and below up to a multiple of 32."""
    height, width = (-(-side // MULTIPLE) * MULTIPLE for side in (image.height, image.width))
    values = np.zeros((1, height, width, 3), np.uint8)
    values[0, : image.height, : image.width] = np.asarray(image)
    return values


def cut_squares(image: Image.Image, squares: Sequence[Region], side_px: int) -> Bytes:
    """N×side×side×3 bytes of squares that may lean and reach beyond the picture."""
    size = (side_px, side_px)
    return np.stack(
        [resize_region(image, size, region=one, interpolation="bilinear") for one in squares]
    )


def nearest_multiple(side: float) -> int:
    """The nearest side that a network takes without padding."""
    return round(side / MULTIPLE) * MULTIPLE
