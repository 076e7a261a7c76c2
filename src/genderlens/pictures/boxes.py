"""Boxes and words drawn on a picture, in one look wherever that is done."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from genderlens.types import Box

COLOURS: Final = {"female": (176, 58, 96), "male": (38, 96, 160), None: (110, 110, 110)}
"""Of labels; None: nothing certain."""
_PAPER: Final = (255, 255, 255)
_LEAST_FONT_PX: Final = 12


class Marker:
    """Draws on one RGB picture; words keep inside it."""

    def __init__(self, image: Image.Image) -> None:
        self._size = image.size
        self._canvas = ImageDraw.Draw(image)
        self._font = ImageFont.load_default(max(_LEAST_FONT_PX, round(max(image.size) / 32)))

    def box(self, box: Box | None, words: str, label: str | None) -> None:
        """A box in pixels with words above it; without one, words in the corner."""
        if box is None:
            self.words((0, 0), words, label)
            return
        width = max(2, round(max(self._size) / 300))
        corners = (box.left, box.top, box.right, box.bottom)
        self._canvas.rectangle(corners, outline=COLOURS[label], width=width)
        self.words((box.left, box.top), words, label, above=True)

    def words(
        self, place: tuple[float, float], words: str, label: str | None, *, above: bool = False
    ) -> None:
        """White on the label's colour, below a place (across, down in pixels) or above it."""
        left, top, right, bottom = self._canvas.textbbox((0, 0), words, font=self._font)
        width, height = right - left + 6, bottom - top + 6
        across = min(max(place[0], 0), max(0, self._size[0] - width))
        down = max(0, place[1] - height) if above else place[1]
        self._canvas.rectangle((across, down, across + width, down + height), fill=COLOURS[label])
        self._canvas.text((across + 3 - left, down + 3 - top), words, fill=_PAPER, font=self._font)


def percent(confidence: float) -> str:
    """Never 100 %, which nobody can be."""
    return f"{min(confidence, 0.999):.1%}"
