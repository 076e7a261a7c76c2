"""A drawn face that the detector finds: a photo for timing, free of anybody's rights."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

MIN_SCORE: Final = 0.1
"""A drawing convinces the detector less than a photo does."""
_BACKGROUND: Final = (150, 160, 170)
_ELLIPSES: Final = (
    (50, 105, 40, 28, (60, 70, 110)),  # shoulders: centre, radii in hundredths of a side, colour
    (50, 76, 8, 12, (205, 160, 135)),
    (50, 42, 24, 30, (70, 50, 40)),
    (50, 48, 20, 26, (224, 178, 152)),
    *((x, 44, 4, 2.2, (245, 245, 245)) for x in (42, 58)),
    *((x, 44, 2, 2, (60, 40, 30)) for x in (42, 58)),
    *((x, 38, 5, 0.8, (70, 50, 40)) for x in (42, 58)),
    (50, 53, 2.6, 3.2, (206, 158, 132)),
    (50, 64, 7, 2.2, (176, 84, 84)),
)


def draw_photo(width: int, height: int, *, face: bool = True) -> bytes:
    """A JPEG of the given size with one face in its middle, or none, and the noise of a sensor."""
    photo = Image.new("RGB", (width, height), _BACKGROUND)
    if face:
        drawn = _draw_face(min(width, height))
        photo.paste(drawn, ((width - drawn.width) // 2, (height - drawn.height) // 2))
    noise = np.random.default_rng(0).normal(0.0, 4.0, (height, width, 1)).astype(np.int16)
    values = np.clip(np.asarray(photo, np.int16) + noise, 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _draw_face(side: int) -> Image.Image:
    face = Image.new("RGB", (side, side), _BACKGROUND)
    pen, unit = ImageDraw.Draw(face), side / 100
    for x, y, across, down, colour in _ELLIPSES:
        corners = (x - across, y - down, x + across, y + down)
        pen.ellipse([corner * unit for corner in corners], fill=colour)
    return face.filter(ImageFilter.GaussianBlur(0.6 * unit))
