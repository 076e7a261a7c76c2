"""A picture as it stands upright, small, with the faces that were looked at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageOps

_SIDE_PX: Final = 480
_COLOUR: Final = "#2aa198"


def draw_preview(content: bytes, boxes: Sequence[Sequence[float]]) -> bytes | None:
    """PNG of a picture that the service could read; None where it cannot be read here.

    Boxes are left, top, right, bottom in pixels of the upright picture.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = ImageOps.exif_transpose(opened)
            width = picture.width
            picture.thumbnail((_SIDE_PX, _SIDE_PX))
            shown = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    pen = ImageDraw.Draw(shown)
    for box in boxes:
        pen.rectangle([side * shown.width / width for side in box], outline=_COLOUR, width=3)
    stream = io.BytesIO()
    shown.save(stream, "PNG")
    return stream.getvalue()
