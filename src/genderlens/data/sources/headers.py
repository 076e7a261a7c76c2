"""Format and size of a picture from its header, no pixel decoded."""

from __future__ import annotations

import io
from typing import NamedTuple

from genderlens.pictures.containers import find_format, match_format
from genderlens.pictures.imaging import image_errors


class Header(NamedTuple):
    """What a picture announces; the size is that before its EXIF orientation."""

    format: str
    width: int
    height: int


def read_header(content: bytes) -> Header:
    """The header of an encoded picture; ImageError where it has none that can be read."""
    picture_format = find_format(content)
    with image_errors():
        pixels, _ = picture_format.extract(content)
        with picture_format.plugin(io.BytesIO(pixels)) as image:
            return Header(match_format(content) or "", *image.size)
