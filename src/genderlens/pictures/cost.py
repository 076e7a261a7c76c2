"""How much memory a picture takes to decode, told from its header before any pixel is decoded.

Bytes per pixel were measured for every container, peak and all, on pictures of 50 million pixels;
``tests/hostile/test_memory_budget.py`` measures them again. What a header hides costs the most.
"""

from __future__ import annotations

import re
import struct
from typing import Final, NamedTuple

from genderlens.errors import ImageError
from genderlens.pictures.bmp import bmp_size
from genderlens.pictures.containers import gif_size, match_format
from genderlens.pictures.heif import heif_cost
from genderlens.pictures.tiff import tiff_size

BYTES_PER_PIXEL: Final = {"PNG": 8.4, "GIF": 5.4, "WEBP": 12.2, "BMP": 8.4, "TIFF": 12.4}
"""Decoder, its copy and the RGB picture, at their peak together; JPEG and AVIF are reckoned.

A TIFF of one strip of 16-bit RGB holds six bytes of it and four of the picture at a time.
"""
_WORST_BYTES_PER_PIXEL: Final = 20.0
_FIXED_BYTES: Final = 1_000_000
_COPIES_OF_FILE: Final = 2
_RGB_BYTES: Final = 4
_CROP_BYTES: Final = 100_000_000
_CROP_TIMES: Final = 2.5
"""A face that reaches beyond the picture is copied out with its surroundings, so large at most."""

_JPEG_SEGMENT: Final = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])(..)", re.DOTALL)
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN: Final = 0xDA
_MAX_SEGMENTS: Final = 20_000
_AVIF_CONFIG: Final = re.compile(rb"av1C\x81.(.)", re.DOTALL)
_AVIF_EXTENT: Final = re.compile(rb"ispe\0{4}(.{4})(.{4})", re.DOTALL)
_AVIF_OVERHEAD: Final = 1.15
_AVIF_HEADER_BYTES: Final = 1_000_000


class Cost(NamedTuple):
    """Pixels of the encoded picture, and bytes to decode it; no pixels where nothing tells."""

    pixels: int
    bytes: int
    bytes_per_pixel: float = 0.0
    crop_bytes: int = 0
    """What a copy of the surroundings of a face may take on top of the decoded picture."""

    def largest_pixels(self, budget_bytes: int) -> int:
        """How many pixels such a picture may have at most to be decoded in so much memory."""
        encoded = self.bytes - pixel_bytes(self.pixels, self.bytes_per_pixel, self.crop_bytes)
        room = max(0, budget_bytes - encoded)
        most = room / max(1.0, self.bytes_per_pixel)
        if self.crop_bytes:
            small = room / (_RGB_BYTES + _CROP_TIMES * _RGB_BYTES)
            most = min(most, max(small, (room - self.crop_bytes) / (_RGB_BYTES + 1)))
        return int(most)


def pixel_bytes(pixels: int, each: float, crop_bytes: int) -> int:
    """Bytes to decode, and then to copy out the surroundings of a face, whichever is more."""
    copied = min(_CROP_TIMES * _RGB_BYTES * pixels, crop_bytes + pixels) if crop_bytes else 0
    return int(max(each * pixels, _RGB_BYTES * pixels + copied))


def reckon_cost(content: bytes, max_pixels: int) -> Cost:
    """The cost of encoded bytes. A picture of more than ``max_pixels`` is never decoded."""
    kind = match_format(content)
    encoded = _FIXED_BYTES + _COPIES_OF_FILE * len(content)
    if kind is None:
        return Cost(0, encoded)
    try:
        (width, height), each = _READERS[kind](content)
    except (ImageError, IndexError, ValueError, struct.error):
        return Cost(0, encoded + int(max_pixels * _WORST_BYTES_PER_PIXEL))
    crop_bytes = 0 if kind == "JPEG" else _CROP_BYTES  # a JPEG is decoded no larger than needed
    pixels = width * height
    taken = pixel_bytes(min(pixels, max_pixels), each, crop_bytes)
    return Cost(pixels, encoded + taken, each, crop_bytes)


def _read_jpeg(content: bytes) -> tuple[tuple[int, int], float]:
    """From the frame and the first scan: a picture in several is held as coefficients, too."""
    at, frame = 2, b""
    several = False
    for _ in range(_MAX_SEGMENTS):
        match = _JPEG_SEGMENT.search(content, at)
        if match is None:
            break
        kind, begin = match[1][0], match.start(2)
        at = begin + int.from_bytes(match[2], "big")
        if kind in _FRAMES:
            frame, several = content[begin:at], kind in _PROGRESSIVE
        elif kind == _SCAN:
            several |= content[begin + 2] < frame[7]
            return _jpeg_frame(frame, several=several)
    raise ValueError


def _jpeg_frame(frame: bytes, *, several: bool) -> tuple[tuple[int, int], float]:
    height, width, components = struct.unpack_from(">HHB", frame, 3)
    sampling = [frame[9 + 3 * index] for index in range(components)]
    areas = [(one >> 4) * (one & 15) for one in sampling]
    grid = max(one >> 4 for one in sampling) * max(one & 15 for one in sampling)
    samples = sum(areas) / max(1, grid)
    stored = 1 if components == 1 else _RGB_BYTES
    padded = _padded(width) * _padded(height) / max(1, width * height)
    decoded = stored + (2 * samples * padded if several else 0)
    converted = stored + _RGB_BYTES  # to RGB, or turned upright
    coarser = 1  # what was decoded before, at half the size at most
    return (width, height), max(decoded, converted) + coarser + 0.2


def _padded(side: int) -> int:
    return -(-side // 32) * 32


def _read_png(content: bytes) -> tuple[tuple[int, int], float]:
    width, height = struct.unpack_from(">II", content, 16)
    return (width, height), BYTES_PER_PIXEL["PNG"]


def _read_gif(content: bytes) -> tuple[tuple[int, int], float]:
    return gif_size(content), BYTES_PER_PIXEL["GIF"]


def _read_webp(content: bytes) -> tuple[tuple[int, int], float]:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    return (width, height), BYTES_PER_PIXEL["WEBP"]


def _read_avif(content: bytes) -> tuple[tuple[int, int], float]:
    """The largest extent of any item, and planes as the configuration of the codec says."""
    header = content[:_AVIF_HEADER_BYTES]
    extents = [tuple(int.from_bytes(s, "big") for s in one) for one in _AVIF_EXTENT.findall(header)]
    width, height = max(extents, key=lambda one: one[0] * one[1])
    planes = [_avif_planes(config[0]) for config in _AVIF_CONFIG.findall(header)]
    has_alpha = b"auxC" in header
    colour, alpha = max(planes), max(min(planes), 1.0) if has_alpha else 0.0
    decoded = (colour + alpha) * (2 if b"grid" in header else 1)
    given = 2 * (4 if has_alpha else 3)
    return (width, height), max((decoded + given) * _AVIF_OVERHEAD, 8.4)


def _avif_planes(flags: int) -> float:
    deep, grey, across, down = flags & 0x40, flags & 0x10, flags & 0x08, flags & 0x04
    planes = 1.0 if grey else 1.5 if across and down else 2.0 if across else 3.0
    return planes * (2 if deep else 1)


def _read_bmp(content: bytes) -> tuple[tuple[int, int], float]:
    return bmp_size(content)[:2], BYTES_PER_PIXEL["BMP"]


def _read_tiff(content: bytes) -> tuple[tuple[int, int], float]:
    return tiff_size(content), BYTES_PER_PIXEL["TIFF"]


_READERS: Final = {
    "JPEG": _read_jpeg,
    "PNG": _read_png,
    "GIF": _read_gif,
    "WEBP": _read_webp,
    "AVIF": _read_avif,
    "HEIC": heif_cost,
    "BMP": _read_bmp,
    "TIFF": _read_tiff,
}
