"""HEIC files put together by hand: honest ones, and such as no camera writes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from genderlens.pictures.hevc import read_configuration

SCENE = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAAcMAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAAB"
    "AABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADw"
    "NgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSRprm4CGgwIA"
    "AAMAMgAAAwACEGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaX"
    "hpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAActtZGF0AAABvygBrwT45bX6karkv4uRYf87of59IHgn"
    "GCHc4f2NEYN11qtsc3/dCfPF1iXDp7mlLpwvhAikczFqEpFgdx4gqOjQJdbpoAi8l6O9lzjSRKOX6e6qh+dvf/eMXe"
    "NnAji5NI5c0RSjt8lqNNtvPje3olzFfezFIuHvPfQ1RvUsEGwQi52TpnB88TDHEUw37dHOI9VlFUQUMOl6D8VJEaTl"
    "2Fsr5m7l3EPXexr5Xp4fmL4p34fg9TQ/WWrLEnm3TD8exo4v7/lQP6n/TP+od5FCBbCNQkASlRn4DH1EI6tk3VXfqW"
    "ho9KwIqoZxod4A9vUX49Pqayp9QGr9O5UMeC7bis7Jxv5MzM3NkHqee0u9OtcmXifSUR4Jr7KzKtgQ3mFP21CkifH4"
    "QZwKhW3mrdNolSkvvV643jGjn50v+2vR80XpPN6vcTc2KvRFQjp/Cyw/OM4W5NS1A/8aJtB2jAC/pDpv4WiUjfCNuW"
    "80V7PoB8bE9/F4bxRSZHIvaYaTQPOagehDXbk5sjbuDz5XbQbv2Nc6+YflfOCNGQn4MIq0US74hTBFHLE3X946poHY"
    "XePDdELwkWocxKUw1inpnu5wng=="
)
"""``hostile.pictures.scene()``, 96×64, coded by x265."""
SIZE = (96, 64)

TILE = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABewABAAAAAAAAAHIAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAAB"
    "AABodmMxAAAAAA5waXRtAAAAAAABAAAA12lwcnAAAAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA/P34+AAADw"
    "NgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoAQCAIBZbqSRprm4CGgw"
    "IAAAAwMgAAADACFiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAACAAAAAgAAAAAQcG"
    "l4aQAAAAADCAgIAAAAF2lwbWEAAAAAAAAAAQABBIECAwQAAAB6bWRhdAAAAG4oAa8ZEF2xSkoR93yFN//0P5/yhq/X"
    "BXis/yxso86gHCF6MQAWMKa3OoB6hWjyAAADAP+TBajgAAADAAAHNIcAAAMAAAMAACjgAAADAAADAAAPWAAAAwAAAw"
    "ABHwAAAwAAAwAFtAAAAwAAAwAPmA=="
)
"""One colour, 512×512."""
TILE_PX = 512


def _find(content: bytes, kind: bytes) -> bytes:
    """The content of the first box of a kind."""
    at = content.index(kind)
    (length,) = struct.unpack_from(">I", content, at - 4)
    return content[at + 4 : at - 4 + length]


CONFIGURATION = _find(SCENE, b"hvcC")
DATA = _find(SCENE, b"mdat")


@dataclass(frozen=True)
class Item:
    """One item of a file; ``extra`` are further properties of it."""

    kind: bytes = b"hvc1"
    data: bytes = DATA
    size: tuple[int, int] = SIZE
    configuration: bytes | None = CONFIGURATION
    parts: Sequence[int] = ()
    extra: Sequence[bytes] = field(default=())


def tiled(size: tuple[int, int]) -> bytes:
    """A grid of so many pixels, each tile the same coded picture."""
    columns, rows = (-(-side // TILE_PX) for side in size)
    tile = Item(
        data=_find(TILE, b"mdat"), size=(TILE_PX, TILE_PX), configuration=_find(TILE, b"hvcC")
    )
    parts = (1,) * (columns * rows)
    return build_heic(tile, Item(b"grid", grid(columns, rows, size), size, None, parts), primary=2)


def unit(content: bytes) -> bytes:
    """A NAL unit as it lies in the data of an item."""
    return struct.pack(">I", len(content)) + content


def larger_sequence(width: int, height: int) -> bytes:
    """The sequence parameter set of SCENE, said to be of another size."""
    sequence = next(one for one in read_configuration(CONFIGURATION).units if one[0] >> 1 == 33)
    bits = "".join(f"{byte:08b}" for byte in sequence)
    before = _golomb(SIZE[0]) + _golomb(SIZE[1])
    assert bits.count(before) == 1
    changed = bits.replace(before, _golomb(width) + _golomb(height))
    changed += "0" * (-len(changed) % 8)
    return bytes(int(changed[at : at + 8], 2) for at in range(0, len(changed), 8))


def _golomb(number: int) -> str:
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of the given content."""
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags before its content."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def grid(columns: int, rows: int, size: tuple[int, int]) -> bytes:
    """The content of a grid's item."""
    return struct.pack(">4B2H", 0, 0, rows - 1, columns - 1, *size)


def build_heic(
    *items: Item, primary: int = 1, brand: bytes = b"heic", beside: bytes = b"", after: bytes = b""
) -> bytes:
    """A file of items that are numbered from 1; ``beside``: further boxes in ``meta``."""
    front = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    meta = _meta(items, primary, beside, 0)
    meta = _meta(items, primary, beside, len(front) + len(meta) + 8)
    return front + meta + box(b"mdat", *(item.data for item in items)) + after


def _meta(items: Sequence[Item], primary: int, beside: bytes, begin: int) -> bytes:
    entries, places, properties, owners, references = b"", b"", list[bytes](), b"", b""
    for number, item in enumerate(items, start=1):
        entries += full_box(b"infe", 2, 0, struct.pack(">2H", number, 0), item.kind, b"\0")
        places += struct.pack(">4H2I", number, 0, 0, 1, begin, len(item.data))
        begin += len(item.data)
        own = [full_box(b"ispe", 0, 0, struct.pack(">2I", *item.size)), *item.extra]
        if item.configuration is not None:
            own.append(box(b"hvcC", item.configuration))
        first = len(properties) + 1
        properties += own
        owners += struct.pack(">HB", number, len(own)) + bytes(range(first, first + len(own)))
        if item.parts:
            count = len(item.parts)
            numbers = struct.pack(f">2H{count}H", number, count, *item.parts)
            references += box(b"dimg", numbers)
    counted = struct.pack(">H", len(items))
    return full_box(
        b"meta",
        0,
        0,
        full_box(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", 0, 0, struct.pack(">H", primary)),
        full_box(b"iloc", 1, 0, b"\x44\0", counted, places),
        full_box(b"iinf", 0, 0, counted, entries),
        full_box(b"iref", 0, 0, references) if references else b"",
        box(
            b"iprp",
            box(b"ipco", *properties),
            full_box(b"ipma", 0, 0, struct.pack(">I", len(items)), owners),
        ),
        beside,
    )
