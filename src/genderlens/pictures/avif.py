"""The pictures in an AVIF file as they are coded, beside what the file says they are.

The boxes of ISO/IEC 14496-12 and 23008-12 say a size (``ispe``), and a decoder reserves memory by
the AV1 data inside. Here both are compared, before a decoder sees either.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from genderlens.pictures.av1 import largest_frame

_MAX_BOXES: Final = 10_000
_MAX_ITEMS: Final = 2_000
_SLACK_PX: Final = 64
"""Tiles are padded to this; no picture inside may be larger than the whole by more."""
_MAX_PADDED: Final = 3
_FREE_PIXELS: Final = 4_000_000


class _Box(NamedTuple):
    kind: bytes
    begin: int
    end: int


def require_honest_size(content: bytes, size: tuple[int, int]) -> None:
    """ValueError, IndexError or struct.error where the AV1 data are larger than the file says.

    Every coded item counts, shown or not, and the first frame of every track.
    """
    width, height = size
    coded = [largest_frame(data) for data in _coded_data(content)]
    if not coded:
        raise ValueError("no AV1 data")
    for one in coded:
        if one[0] > width + _SLACK_PX or one[1] > height + _SLACK_PX:
            raise ValueError(f"it says {width}×{height} and holds {one[0]}×{one[1]} pixels")
    if len(coded) == 1 and coded[0] != size:
        raise ValueError(f"it says {width}×{height} and holds {coded[0][0]}×{coded[0][1]} pixels")
    if sum(w * h for w, h in coded) > _MAX_PADDED * width * height + _FREE_PIXELS:
        raise ValueError(f"its {len(coded)} parts are larger than its {width}×{height} pixels")


def _coded_data(content: bytes) -> Iterator[bytes]:
    for box in _boxes(content, 0, len(content)):
        if box.kind == b"meta":
            yield from _items(content, box)
        elif box.kind == b"moov":
            yield from _first_samples(content, box)


def _boxes(content: bytes, begin: int, end: int) -> Iterator[_Box]:
    for _ in range(_MAX_BOXES):
        if begin + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", content, begin)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, begin + 8)
            head = 16
        stop = end if size == 0 else begin + size
        if (size and size < head) or stop > end:
            return
        yield _Box(kind, begin + head, stop)
        begin = stop
    raise ValueError(f"more than {_MAX_BOXES} boxes")


def _inside(content: bytes, box: _Box, *path: bytes) -> Iterator[_Box]:
    """The boxes at a path of kinds inside a box."""
    for inner in _boxes(content, box.begin, box.end):
        if inner.kind == path[0]:
            yield from _inside(content, inner, *path[1:]) if path[1:] else [inner]


def _items(content: bytes, meta: _Box) -> Iterator[bytes]:
    """The data of every item of the type ``av01``."""
    body = _Box(meta.kind, meta.begin + 4, meta.end)
    coded = {number for box in _inside(content, body, b"iinf") for number in _coded(content, box)}
    pools = [box.begin for box in _inside(content, body, b"idat")]
    for box in _inside(content, body, b"iloc"):
        for number, extents, in_idat in _locations(content, box):
            if number in coded:
                base = pools[0] if in_idat else 0
                yield b"".join(content[base + b : base + b + n] for b, n in extents)


def _coded(content: bytes, iinf: _Box) -> Iterator[int]:
    begin = iinf.begin + (6 if content[iinf.begin] == 0 else 8)
    for entry in _boxes(content, begin, iinf.end):
        version = content[entry.begin]
        if entry.kind != b"infe" or version < 2:
            continue
        number, at = _number(content, entry.begin + 4, 2 if version == 2 else 4)
        if content[at + 2 : at + 6] == b"av01":
            yield number


def _locations(content: bytes, iloc: _Box) -> Iterator[tuple[int, list[tuple[int, int]], bool]]:
    """Number of an item, where its parts begin and how long they are, and whether in ``idat``."""
    version, at = content[iloc.begin], iloc.begin + 4
    widths = [content[at] >> 4, content[at] & 15, content[at + 1] >> 4, content[at + 1] & 15]
    offset_bytes, length_bytes, base_bytes, index_bytes = widths
    if version == 0:
        index_bytes = 0
    count, at = _number(content, at + 2, 4 if version == 2 else 2)
    if count > _MAX_ITEMS:
        raise ValueError(f"{count} items")
    for _ in range(count):
        item, at = _number(content, at, 4 if version == 2 else 2)
        method, at = _number(content, at, 2) if version else (0, at)
        if method & 15 > 1:
            raise ValueError("items made of other items' data")
        base, at = _number(content, at + 2, base_bytes)
        parts, at = _number(content, at, 2)
        if parts > _MAX_ITEMS:
            raise ValueError(f"an item of {parts} parts")
        extents = list[tuple[int, int]]()
        for _ in range(parts):
            offset, at = _number(content, at + index_bytes, offset_bytes)
            length, at = _number(content, at, length_bytes)
            extents.append((base + offset, length or len(content)))
        yield item, extents, bool(method & 15)


def _first_samples(content: bytes, moov: _Box) -> Iterator[bytes]:
    """The first sample of each track, whose size decides what a decoder makes ready."""
    for table in _inside(content, moov, b"trak", b"mdia", b"minf", b"stbl"):
        found = {box.kind: box for box in _boxes(content, table.begin, table.end)}
        if (
            b"stsd" not in found
            or b"av01" not in content[found[b"stsd"].begin : found[b"stsd"].end]
        ):
            continue
        offsets = found.get(b"stco") or found[b"co64"]
        width = 4 if offsets.kind == b"stco" else 8
        begin, _ = _number(content, offsets.begin + 8, width)
        same, at = _number(content, found[b"stsz"].begin + 4, 4)
        length = same or _number(content, at + 4, 4)[0]
        yield content[begin : begin + length]


def _number(content: bytes, begin: int, count: int) -> tuple[int, int]:
    """A big-endian number of so many bytes, and where it ends."""
    if begin + count > len(content):
        raise IndexError("the file ends before its boxes do")
    return int.from_bytes(content[begin : begin + count], "big"), begin + count
