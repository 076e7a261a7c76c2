"""Boxes and words drawn on a picture, in one look wherever that is done."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from genderlens.pictures.colours import Rgb
from genderlens.types import Box

_PAPER: Final = (255, 255, 255)
_LEAST_FONT_PX: Final = 12


class Marker:
    """Draws on one RGB picture; words keep inside it."""

    def __init__(self, image: Image.Image) -> None:
        self._size = image.size
        self._canvas = ImageDraw.Draw(image)
        self._font = ImageFont.load_default(max(_LEAST_FONT_PX, round(max(image.size) / 32)))

    def box(self, box: Box | None, words: str, colour: Rgb) -> None:
        """A box in pixels with words above it; without one, words in the corner."""
        if box is None:
            self.words((0, 0), words, colour)
            return
        width = max(2, round(max(self._size) / 300))
        corners = (box.left, box.top, box.right, box.bottom)
        self._canvas.rectangle(corners, outline=colour, width=width)
        self.words((box.left, box.top), words, colour, above=True)

    def words(
        self, place: tuple[float, float], words: str, colour: Rgb, *, above: bool = False
    ) -> None:
        """White on a colour, below a place (across, down in pixels) or above it."""
        left, top, right, bottom = self._canvas.textbbox((0, 0), words, font=self._font)
        width, height = right - left + 6, bottom - top + 6
        across = min(max(place[0], 0), max(0, self._size[0] - width))
        down = max(0, place[1] - height) if above else place[1]
        self._canvas.rectangle((across, down, across + width, down + height), fill=colour)
        self._canvas.text((across + 3 - left, down + 3 - top), words, fill=_PAPER, font=self._font)


def percent(confidence: float) -> str:
    """Never 100 %, which nobody can be."""
    return f"{min(confidence, 0.999):.1%}"
