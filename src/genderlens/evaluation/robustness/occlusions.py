"""Masks and sunglasses drawn on a face box.

Drawn by proportions of the box alone, without landmarks, so they sit well on upright faces only.
"""

from __future__ import annotations

import colorsys
from math import ceil, floor

import numpy as np
from PIL import Image, ImageDraw

from genderlens.types import Box

_EYE_LINE = 0.4
"""Height of the eyes in a detector's face box, which runs from the forehead to the chin."""
_MARGIN = 0.12
"""How far straps and temples reach beyond the face, in faces."""


def draw_mask(
    image: Image.Image, face: Box, height: float, rng: np.random.Generator
) -> Image.Image:
    """A cloth of a random light colour over the lower ``height`` of the face, with straps."""
    top, bottom = 1.0 - height, 1.04
    cloth = [(0.5, top - 0.03), (0.92, top + 0.03), (0.86, 0.9), (0.62, bottom)]
    outline = cloth + [(1.0 - x, y) for x, y in reversed(cloth)]
    colour = colorsys.hsv_to_rgb(rng.uniform(0.0, 1.0), rng.uniform(0.0, 0.35), 0.9)
    stencil = _Stencil(face)
    stencil.draw.polygon(stencil.points(outline), fill=255)
    for x, side in ((0.08, -0.06), (0.92, 1.06)):
        strap = stencil.points([(x, top + 0.05), (side, top - 0.1)])
        stencil.draw.line(strap, fill=255, width=stencil.length(0.015))
    return stencil.cover(image, tuple(round(255 * channel) for channel in colour))


def draw_sunglasses(image: Image.Image, face: Box, height: float) -> Image.Image:
    """Two black lenses so high, in shares of the face, a bridge and the temples."""
    stencil = _Stencil(face)
    width = min(0.46, 1.6 * height)
    for centre in (0.27, 0.73):
        corners = stencil.points(
            [
                (centre - width / 2, _EYE_LINE - height / 2),
                (centre + width / 2, _EYE_LINE + height / 2),
            ]
        )
        stencil.draw.rounded_rectangle(corners, radius=stencil.length(0.4 * height), fill=255)
    bar = stencil.points([(-0.04, _EYE_LINE), (1.04, _EYE_LINE)])
    stencil.draw.line(bar, fill=255, width=stencil.length(0.03))
    return stencil.cover(image, (12, 12, 14))


class _Stencil:
    """What will be covered around one face, drawn in shares of its box.

    It is drawn four times as large and scaled down, for soft edges; a large face needs none.
    """

    def __init__(self, face: Box) -> None:
        margin_x, margin_y = _MARGIN * face.width, _MARGIN * face.height
        self._face = face
        self._scale = 4 if face.height < 400 else 1
        self._left, self._top = floor(face.left - margin_x), floor(face.top - margin_y)
        self._size = (
            ceil(face.right + margin_x) - self._left,
            ceil(face.bottom + margin_y) - self._top,
        )
        self._mask = Image.new("L", (self._size[0] * self._scale, self._size[1] * self._scale))
        self.draw = ImageDraw.Draw(self._mask)

    def points(self, shares: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Shares of the box to pixels of the stencil."""
        left, top = self._face.left - self._left, self._face.top - self._top
        width, height = self._face.width, self._face.height
        return [
            (self._scale * (left + x * width), self._scale * (top + y * height)) for x, y in shares
        ]

    def length(self, share: float) -> int:
        """A share of the face's height in pixels of the stencil, at least 1."""
        return max(1, round(self._scale * share * self._face.height))

    def cover(self, image: Image.Image, ink: tuple[int, ...]) -> Image.Image:
        """A copy of the picture with the stencil painted over it."""
        covered = image.copy()
        mask = self._mask.resize(self._size, Image.Resampling.BOX)
        covered.paste(ink, (self._left, self._top), mask)
        return covered
