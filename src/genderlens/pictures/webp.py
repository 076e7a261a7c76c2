"""The size of the first picture in a WebP file as it is coded, beside what the file says it is.

Follows the WebP Container Specification, RFC 9649. A decoder makes room for the canvas, and reads
the sizes of VP8 and VP8L from their own headers.
"""

from __future__ import annotations

import struct
from typing import Final

_MAX_CHUNKS: Final = 100_000
_FRAME_HEAD_BYTES: Final = 16


def require_honest_size(content: bytes, size: tuple[int, int]) -> None:
    """ValueError or struct.error where the first picture is not what the canvas says."""
    begin = 12
    for _ in range(_MAX_CHUNKS):
        kind, length = struct.unpack_from("<4sI", content, begin)
        begin += 8
        if kind in {b"VP8 ", b"VP8L"}:
            _require(_coded(kind, content, begin), size)
            return
        if kind == b"ANMF":
            _require_frame(content, begin, begin + length, size)
            return
        begin += length + (length & 1)
    raise ValueError(f"more than {_MAX_CHUNKS} chunks before its first picture")


def _require_frame(content: bytes, begin: int, end: int, canvas: tuple[int, int]) -> None:
    """A frame says its own size, has to hold that, and to lie on the canvas."""
    left, top, width, height = (_three(content, begin + 3 * index) for index in range(4))
    size = width + 1, height + 1
    if 2 * left + size[0] > canvas[0] or 2 * top + size[1] > canvas[1]:
        raise ValueError(f"its first frame lies outside of its {canvas[0]}×{canvas[1]} pixels")
    begin += _FRAME_HEAD_BYTES
    while begin < end:
        kind, length = struct.unpack_from("<4sI", content, begin)
        begin += 8
        if kind in {b"VP8 ", b"VP8L"}:
            _require(_coded(kind, content, begin), size)
            return
        begin += length + (length & 1)
    raise ValueError("its first frame holds no picture")


def _coded(kind: bytes, content: bytes, begin: int) -> tuple[int, int]:
    """Width and height by the header of the bitstream."""
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<2H", content, begin + 6)
        return width & 0x3FFF, height & 0x3FFF
    (packed,) = struct.unpack_from("<I", content, begin + 1)
    return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1


def _require(coded: tuple[int, int], said: tuple[int, int]) -> None:
    if coded != said:
        raise ValueError(f"it says {said[0]}×{said[1]} and holds {coded[0]}×{coded[1]} pixels")


def _three(content: bytes, begin: int) -> int:
    low, high = struct.unpack_from("<HB", content, begin)
    return int(low | high << 16)
