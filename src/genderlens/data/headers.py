"""Format and size of a picture from its header, no pixel decoded."""

from __future__ import annotations

import io
from typing import NamedTuple

from genderlens.containers import FORMATS, corrupt, find_format
from genderlens.errors import ImageError


class Header(NamedTuple):
    """What a picture announces; the size is that before its EXIF orientation."""

    format: str
    width: int
    height: int


def read_header(content: bytes) -> Header:
    """The header of an encoded picture; ImageError where it has none that can be read."""
    picture_format = find_format(content)
    name = next(name for name, known in FORMATS.items() if known is picture_format)
    try:
        pixels, _ = picture_format.extract(content)
        with picture_format.plugin(io.BytesIO(pixels)) as image:
            return Header(name, *image.size)
    except ImageError:
        raise
    except Exception as error:  # parsers fed hostile bytes raise anything
        raise corrupt(str(error)) from None
