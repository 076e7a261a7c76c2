"""A picture as the networks of a detector take it: bytes, black up to sides they can halve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.pictures.imaging import resize_region
from genderlens.pictures.regions import Region
from genderlens.types import Box

MULTIPLE: Final = 32
"""Sides of the input are multiples of this."""

REDUCING_GAP: Final = 2.0
"""See ``shrink``."""

Bytes = NDArray[np.uint8]


def shrink(image: Image.Image, max_side_px: int, reducing_gap: float = REDUCING_GAP) -> Image.Image:
    """The picture with its longer side at most so long.

    ``reducing_gap``: times that size down to which cells of whole pixels are averaged first, which
    costs a third of filtering.
    """
    size = shrunk_size(image.size, max_side_px)
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=reducing_gap)


def shrunk_size(size: tuple[int, int], max_side_px: int) -> tuple[int, int]:
    """Width and height of a picture of ``size`` once its longer side is at most so long."""
    scale = min(1.0, max_side_px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def scale_between(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """How many pixels of ``other`` lie in one of ``one``, across and down, sizes of one picture."""
    return other[0] / one[0], other[1] / one[1]


def to_input(image: Image.Image) -> Bytes:
    """1×H×W×3 bytes, black to the right and below up to a multiple of 32."""
    height, width = (-(-side // MULTIPLE) * MULTIPLE for side in (image.height, image.width))
    values = np.zeros((1, height, width, 3), np.uint8)
    values[0, : image.height, : image.width] = np.asarray(image)
    return values


def cut_squares(
    image: Image.Image, squares: Sequence[Region], side_px: int, *, reducing_gap: float = math.inf
) -> Bytes:
    """N×side×side×3 bytes of squares that may lean and reach beyond the picture.

    ``reducing_gap``: see ``shrink``; the picture is made smaller by a whole number first.
    """
    size, cut, copies = (side_px, side_px), [], {1: image}
    for square in squares:
        times = max(1, int(square.box.width / side_px / reducing_gap))
        if times not in copies:
            copies[times] = image.reduce(times)
        left, top, right, bottom = (side / times for side in astuple(square.box))
        region = Region(Box(left, top, right, bottom), square.roll)
        cut.append(resize_region(copies[times], size, region=region, interpolation="bilinear"))
    return np.stack(cut)


def nearest_multiple(side: float) -> int:
    """The nearest side that a network takes without padding."""
    return round(side / MULTIPLE) * MULTIPLE
