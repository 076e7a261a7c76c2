"""A picture with a box and words for each face."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from genderlens.pictures.boxes import Marker, percent
from genderlens.pictures.colours import UNCERTAIN, label_colour
from genderlens.types import FaceResult, Outcome

if TYPE_CHECKING:
    from PIL.Image import Image

    from genderlens.library.result import Result


def draw_faces(image: Image, result: Result) -> Image:
    """A copy of the picture with what the result says drawn on it."""
    drawn = image.convert("RGB").copy()
    marker = Marker(drawn)
    if not result.faces:
        marker.words((0, 0), result.error_code or result.outcome.value, UNCERTAIN)
    for face in result.faces:
        colour = label_colour(face.answer.head.labels, face.prediction)
        marker.box(face.box, _say(face), colour)
    return drawn


def to_png(image: Image) -> bytes:
    """Encoded."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def to_jpeg(image: Image, quality: int = 90) -> bytes:
    """Encoded; the picture is RGB."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _say(face: FaceResult) -> str:
    sure = face.outcome is Outcome.CLASSIFIED
    said = [f"{face.prediction if sure else 'uncertain'} {percent(face.confidence)}"]
    said += [
        f"{one.prediction or one.outcome.value} {percent(one.confidence)}"
        for one in face.attributes
    ]
    return ", ".join(said)
