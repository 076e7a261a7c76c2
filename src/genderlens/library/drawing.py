"""A picture with a box and words for each face."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from genderlens.types import FaceResult, Outcome

if TYPE_CHECKING:
    from genderlens.library.result import Result

_COLOURS: Final = {"female": (176, 58, 96), "male": (38, 96, 160), None: (110, 110, 110)}
_PAPER: Final = (255, 255, 255)
_LEAST_FONT_PX: Final = 12


def draw_faces(image: Image.Image, result: Result) -> Image.Image:
    """A copy of the picture with what the result says drawn on it."""
    drawn = image.convert("RGB").copy()
    canvas = ImageDraw.Draw(drawn)
    font = ImageFont.load_default(max(_LEAST_FONT_PX, round(max(drawn.size) / 32)))
    if not result.faces:
        _write(canvas, (0, 0), result.error_code or result.outcome.value, None, font)
    for face in result.faces:
        _draw(canvas, drawn.size, face, font)
    return drawn


def to_png(image: Image.Image) -> bytes:
    """Encoded."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def to_jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """Encoded; the picture is RGB."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _draw(
    canvas: ImageDraw.ImageDraw,
    size: tuple[int, int],
    face: FaceResult,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    sure = face.outcome is Outcome.CLASSIFIED
    text = f"{face.prediction if sure else 'uncertain'} {_percent(face.confidence)}"
    if face.box is None:
        _write(canvas, (0, 0), text, face.prediction, font)
        return
    corners = (face.box.left, face.box.top, face.box.right, face.box.bottom)
    width = max(2, round(max(size) / 300))
    canvas.rectangle(corners, outline=_COLOURS[face.prediction], width=width)
    _write(canvas, (face.box.left, face.box.top), text, face.prediction, font, above=True)


def _write(
    canvas: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    label: str | None,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    *,
    above: bool = False,
) -> None:
    """White on the label's colour, kept inside the picture."""
    left, top, right, bottom = canvas.textbbox((0, 0), text, font=font)
    width, height = right - left + 6, bottom - top + 6
    across = min(max(place[0], 0), max(0, canvas.im.size[0] - width))
    down = max(0, place[1] - height) if above else place[1]
    canvas.rectangle((across, down, across + width, down + height), fill=_COLOURS[label])
    canvas.text((across + 3 - left, down + 3 - top), text, fill=_PAPER, font=font)


def _percent(confidence: float) -> str:
    """Never 100 %, which nobody can be."""
    return f"{min(confidence, 0.999):.1%}"
