"""A heat map over a picture, drawn with Pillow and NumPy alone."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PANEL_PX: Final = 256
"""Longer side of each of the two pictures of a panel."""
_CAPTION_PX: Final = 46
_GAP_PX: Final = 8
_PAPER: Final = (255, 255, 255)
_INK: Final = (20, 20, 20)
_OPACITY: Final = 0.72
_GREY: Final = 0.6
_STOPS: Final = np.asarray(
    [[13, 22, 66], [60, 30, 120], [150, 38, 110], [222, 73, 64], [250, 150, 40], [252, 240, 150]],
    dtype=np.float64,
)
"""Colours from no evidence to the most; lightness rises evenly, so that grey prints keep it."""

Heat = NDArray[np.floating[Any]]


def colour(heat: Heat) -> NDArray[np.uint8]:
    """h×w in 0..1 to h×w×3."""
    places = np.linspace(0.0, 1.0, len(_STOPS))
    channels = [np.interp(heat, places, _STOPS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def spread(heat: Heat, size: tuple[int, int]) -> Heat:
    """h×w, none below 0, to a map of (width, height) whose strongest place is 1; all 0 stays 0."""
    strongest = float(heat.max(initial=0.0))
    even = heat / strongest if strongest > 0 else np.zeros_like(heat)
    image = Image.fromarray(even.astype(np.float32))
    smooth = np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    return np.clip(smooth, 0.0, 1.0)


def overlay(crop: Image.Image, heat: Heat) -> Image.Image:
    """The crop under the heat: faint in colour where nothing spoke, glowing where much did."""
    even = spread(heat, crop.size)
    grey = np.asarray(crop.convert("L").convert("RGB"), dtype=np.float64)
    ground = _GREY * grey + (1.0 - _GREY) * np.asarray(crop, dtype=np.float64)
    share = _OPACITY * np.sqrt(even)[..., None]
    mixed = (1.0 - share) * ground + share * colour(even)
    return Image.fromarray(mixed.round().astype(np.uint8))


def draw_panel(crop: Image.Image, heat: Heat, lines: tuple[str, str]) -> Image.Image:
    """Crop and heat map side by side over two lines of text."""
    width, height = crop.size
    panel = Image.new("RGB", (2 * width + 3 * _GAP_PX, height + _GAP_PX + _CAPTION_PX), _PAPER)
    panel.paste(crop, (_GAP_PX, _GAP_PX))
    panel.paste(overlay(crop, heat), (width + 2 * _GAP_PX, _GAP_PX))
    draw = ImageDraw.Draw(panel)
    for index, (line, size) in enumerate(zip(lines, (15, 12), strict=True)):
        place = (panel.width / 2, height + _GAP_PX + 14 + 19 * index)
        draw.text(place, line, fill=_INK, anchor="mm", font=ImageFont.load_default(size))
    return panel
