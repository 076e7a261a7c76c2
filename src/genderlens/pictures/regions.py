"""Where a classifier looks: a rectangle around a face, turned as the face is, and its pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

from genderlens.types import Box, Detection

Align = Literal["none", "roll"]
"""Whether a face is turned upright before it is cut out."""
_MOST_SHRUNK: Final = 4.0
"""Pixels of the picture per pixel cut, from which on the picture is first averaged in cells."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle turned about its own centre by ``roll`` degrees clockwise, in pixels.

    ``box`` is what it is before it is turned; it may reach beyond the picture.
    """

    box: Box
    roll: float = 0.0

    def widened(self, factor: float) -> Region:
        """As many times as wide and as high, about the same centre."""
        if factor == 1.0:
            return self
        (x, y), across, down = self.box.center, factor * self.box.width, factor * self.box.height
        box = Box(x - across / 2, y - down / 2, x + across / 2, y + down / 2)
        return Region(box, self.roll)


def square_around(face: Box, sides: float) -> Box:
    """A square of so many of the face's longer sides about its centre."""
    x, y = face.center
    half = sides * max(face.width, face.height) / 2.0
    return Box(x - half, y - half, x + half, y + half)


@dataclass(frozen=True, slots=True)
class CropGeometry:
    """How the square given to a classifier lies around a detected face box.

    ``scale`` is the side of the square in units of ``sqrt(width · height)`` of the box; the centre
    of the square is that of the box moved by ``shift_x`` and ``shift_y`` sides of the square. With
    an ``aspect`` (width over height) other than 1, the square's shorter side is cut to fit it. With
    ``align="roll"`` the square leans as the face does, and is moved along its own sides.
    """

    scale: float
    shift_x: float
    shift_y: float
    aspect: float = 1.0
    align: Align = "none"

    def square(self, face: Box) -> Box:
        """The square around an upright face, in pixels; it may reach beyond the picture."""
        return self._rectangle(face, 0.0)

    def around(self, face: Detection) -> Region:
        """The square around a face, in pixels, upright or as the face leans.

        Of a picture that was cut out already it is the picture, leaning likewise.
        """
        roll = face.roll if self.align == "roll" else 0.0
        if face.is_crop:
            return Region(leaning_box(face.box, roll), roll)
        return Region(self._rectangle(face.box, roll), roll)

    def _rectangle(self, face: Box, roll: float) -> Box:
        side = self.scale * (face.area**0.5)
        x, y = face.center
        across, down = turned(self.shift_x * side, self.shift_y * side, roll)
        x, y = x + across, y + down
        across, down = side / 2 * min(1.0, self.aspect), side / 2 * min(1.0, 1.0 / self.aspect)
        return Box(x - across, y - down, x + across, y + down)


def leaning_box(box: Box, roll: float) -> Box:
    """What a box is before it is turned by ``roll`` so that it spans what it spans upright.

    It keeps centre and area; only the aspect goes with what the turned one spans.
    """
    if not roll:
        return box
    cosine, sine = abs(math.cos(math.radians(roll))), abs(math.sin(math.radians(roll)))
    across = box.width * cosine + box.height * sine
    down = box.width * sine + box.height * cosine
    shrunk = math.sqrt(box.area / (across * down)) / 2
    (x, y), across, down = box.center, across * shrunk, down * shrunk
    return Box(x - across, y - down, x + across, y + down)


def turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    """A vector (across, down) turned clockwise."""
    if degrees == 0.0:
        return x, y
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine * x - sine * y, sine * x + cosine * y


def cut_turned(
    image: Image.Image, region: Region, shape: tuple[int, int], resample: Image.Resampling
) -> Image.Image:
    """The pixels of a region, ``shape`` (height, width) of them, black beyond the picture.

    It is read once, bilinearly, on a grid as fine as the picture, that ``resample`` then thins out;
    of a far larger region the cells of a coarse grid are averaged before.
    """
    height, width = shape
    shrunk = max(region.box.width / width, region.box.height / height)
    if shrunk > _MOST_SHRUNK:
        image, region = _averaged(image, region, int(shrunk * 2 / _MOST_SHRUNK))
    fine_x = max(1, math.ceil(region.box.width / width))
    fine_y = max(1, math.ceil(region.box.height / height))
    size = (fine_x * width, fine_y * height)
    read = image.transform(
        size, Image.Transform.AFFINE, _affine(region, size), Image.Resampling.BILINEAR
    )
    return read if size == (width, height) else read.resize((width, height), resample)


def _averaged(image: Image.Image, region: Region, cell: int) -> tuple[Image.Image, Region]:
    """The part of the picture around a region in cells of so many pixels, and the region there."""
    box, reach = region.box, math.hypot(region.box.width, region.box.height) / 2 + 2 * cell
    x, y = box.center
    left, top = max(0, math.floor(x - reach)), max(0, math.floor(y - reach))
    right, bottom = min(image.width, math.ceil(x + reach)), min(image.height, math.ceil(y + reach))
    if left >= right or top >= bottom:
        return Image.new("RGB", (1, 1)), Region(Box(-2.0, -2.0, -1.0, -1.0), region.roll)
    small = image.reduce(cell, box=(left, top, right, bottom))
    corners = ((box.left - left), (box.top - top), (box.right - left), (box.bottom - top))
    return small, Region(Box(*(corner / cell for corner in corners)), region.roll)


def _affine(
    region: Region, size: tuple[int, int]
) -> tuple[float, float, float, float, float, float]:
    """From pixels of the cut to those of the picture, as ``Image.transform`` takes it."""
    step_x, step_y = region.box.width / size[0], region.box.height / size[1]
    (a, d), (b, e) = turned(step_x, 0.0, region.roll), turned(0.0, step_y, region.roll)
    x, y = region.box.center
    left = x - (a * size[0] + b * size[1]) / 2
    top = y - (d * size[0] + e * size[1]) / 2
    return a, b, left, d, e, top
