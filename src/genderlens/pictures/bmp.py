"""BMP: what its header says, refused where decoding would be slow or the pixels are not there."""

from __future__ import annotations

import struct
from typing import Final

from genderlens.errors import UnsupportedFormatError
from genderlens.pictures.faults import truncated

SIGNATURE: Final = rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"
"""With the length of the second header, for two letters begin many a file."""
_OLD_HEADER: Final = 12
_PLAIN: Final = frozenset({0, 3, 6})
"""Compressions that are none: pixels as they are, or with masks for their channels."""


def bmp_size(content: bytes) -> tuple[int, int, int]:
    """Width, height and bits of a pixel, as the header has them; stored upwards or downwards."""
    if content[14] == _OLD_HEADER:
        width, height, _, bits = struct.unpack_from("<4H", content, 18)
        return width, height, bits
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    return width, abs(height), bits


def extract_bmp(content: bytes) -> tuple[bytes, bytes]:
    """The file as it is: a BMP holds nothing but pixels. It has no EXIF.

    Raises UnsupportedFormatError for run-length compression, TruncatedImageError where rows lack.
    """
    (begin,) = struct.unpack_from("<I", content, 10)
    width, height, bits = bmp_size(content)
    if content[14] != _OLD_HEADER:
        (compression,) = struct.unpack_from("<I", content, 30)
        if compression not in _PLAIN:
            raise UnsupportedFormatError(
                f"the picture is a BMP with compression {compression}, which is not read; convert "
                "it to PNG"
            )
    row = (width * bits + 31) // 32 * 4
    if width > 0 and begin + row * height > len(content):
        raise truncated()
    return content, b""
