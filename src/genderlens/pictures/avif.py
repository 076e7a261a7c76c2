"""The pictures in an AVIF file as they are coded, beside what the file says they are.

The boxes of ISO/IEC 14496-12 and 23008-12 say a size (``ispe``), and a decoder reserves memory by
the AV1 data inside. Here both are compared, before a decoder sees either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from genderlens.pictures.av1 import largest_frame
from genderlens.pictures.bmff import FileBox, list_boxes, list_inside, list_locations, read_number

_SLACK_PX: Final = 64
"""Tiles are padded to this; no picture inside may be larger than the whole by more."""
_MAX_PADDED: Final = 3
_FREE_PIXELS: Final = 4_000_000


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
    for box in list_boxes(content, 0, len(content)):
        if box.kind == b"meta":
            yield from _items(content, box)
        elif box.kind == b"moov":
            yield from _first_samples(content, box)


def _items(content: bytes, meta: FileBox) -> Iterator[bytes]:
    """The data of every item of the type ``av01``."""
    body = FileBox(meta.kind, meta.begin + 4, meta.end)
    coded = {
        number for box in list_inside(content, body, b"iinf") for number in _coded(content, box)
    }
    pools = [box.begin for box in list_inside(content, body, b"idat")]
    for box in list_inside(content, body, b"iloc"):
        for number, extents, in_idat in list_locations(content, box):
            if number in coded:
                base = pools[0] if in_idat else 0
                yield b"".join(content[base + b : base + b + n] for b, n in extents)


def _coded(content: bytes, iinf: FileBox) -> Iterator[int]:
    begin = iinf.begin + (6 if content[iinf.begin] == 0 else 8)
    for entry in list_boxes(content, begin, iinf.end):
        version = content[entry.begin]
        if entry.kind != b"infe" or version < 2:
            continue
        number, at = read_number(content, entry.begin + 4, 2 if version == 2 else 4)
        if content[at + 2 : at + 6] == b"av01":
            yield number


def _first_samples(content: bytes, moov: FileBox) -> Iterator[bytes]:
    """The first sample of each track, whose size decides what a decoder makes ready."""
    for table in list_inside(content, moov, b"trak", b"mdia", b"minf", b"stbl"):
        found = {box.kind: box for box in list_boxes(content, table.begin, table.end)}
        if (
            b"stsd" not in found
            or b"av01" not in content[found[b"stsd"].begin : found[b"stsd"].end]
        ):
            continue
        offsets = found.get(b"stco") or found[b"co64"]
        width = 4 if offsets.kind == b"stco" else 8
        begin, _ = read_number(content, offsets.begin + 8, width)
        same, at = read_number(content, found[b"stsz"].begin + 4, 4)
        length = same or read_number(content, at + 4, 4)[0]
        yield content[begin : begin + length]
