"""TIFF: its first page as a small TIFF of its own, which holds nothing but what makes pixels.

The decoder sees one directory with the fields of WANTED and no others, so that metadata, further
pages and private fields can cost nothing. Baseline after Adobe, "TIFF Revision 6.0", 1992.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from genderlens.errors import UnsupportedFormatError
from genderlens.pictures.faults import corrupt, truncated

SIGNATURE: Final = rb"II\*\0|MM\0\*"
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_AT, _ORIENTATION, _SAMPLES, _STRIP_BYTES, _PLANES = 273, 274, 277, 279, 284
_TILE_WIDTH, _TILE_HEIGHT, _TILE_AT, _TILE_BYTES, _FORMAT = 322, 323, 324, 325, 339
_KIND, _SUB_PAGES, _DNG = 254, 330, 50706
WANTED: Final = frozenset(
    {_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, 266, _STRIP_AT, _SAMPLES, 278}
    | {_STRIP_BYTES, _PLANES, 317, 320, _TILE_WIDTH, _TILE_HEIGHT, _TILE_AT, _TILE_BYTES, 338}
    | {_FORMAT}
)
_COMPRESSIONS: Final = {1: "none", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "PackBits"}
_PHOTOMETRICS: Final = frozenset({0, 1, 2, 3, 5})
_BITS_OF_SAMPLE: Final = frozenset({1, 2, 4, 8, 16})
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_INTEGERS: Final = {1: "B", 3: "H", 4: "I"}
_MOST_FIELDS: Final = 512
_MOST_VALUES: Final = 1_000_000
_MOST_SAMPLES: Final = 4
_LARGEST_TILE: Final = 4096


class _Field(NamedTuple):
    kind: int
    number: int
    data: bytes


def tiff_size(content: bytes) -> tuple[int, int]:
    """Width and height of the first page, as stored."""
    order, fields = _read(content)
    return _one(order, fields, _WIDTH, 0), _one(order, fields, _HEIGHT, 0)


def extract_tiff(content: bytes) -> tuple[bytes, bytes]:
    """A TIFF with the first page alone, and its orientation as EXIF.

    Raises UnsupportedFormatError for pages that are not plain pictures, and CorruptImageError or
    TruncatedImageError.
    """
    order, fields = _read(content)
    _require_plain(order, fields)
    _require_there(content, order, fields)
    turned = _one(order, fields, _ORIENTATION, 1)
    exif = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, turned & 15, 0, 0)
    return _rebuild(content, order, fields), exif


def _read(content: bytes) -> tuple[str, dict[int, _Field]]:
    """Byte order and fields of the first directory."""
    order = "<" if content.startswith(b"II") else ">"
    (at,) = struct.unpack_from(order + "I", content, 4)
    (count,) = struct.unpack_from(order + "H", content, at)
    if count > _MOST_FIELDS:
        raise corrupt(f"its first page has {count} fields")
    return order, dict(_fields(content, order, at + 2, count))


def _fields(content: bytes, order: str, at: int, count: int) -> Iterator[tuple[int, _Field]]:
    for entry in range(at, at + 12 * count, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", content, entry)
        if tag in WANTED or tag in {_ORIENTATION, _KIND, _SUB_PAGES, _DNG}:
            yield tag, _Field(kind, number, _data(content, order, entry + 8, kind, number))


def _data(content: bytes, order: str, at: int, kind: int, number: int) -> bytes:
    if kind not in _SIZES or number > _MOST_VALUES:
        raise corrupt(f"a field has {number} values of type {kind}")
    size = _SIZES[kind] * number
    if size > 4:
        (at,) = struct.unpack_from(order + "I", content, at)
    data = content[at : at + size]
    if len(data) < size:
        raise truncated()
    return data


def _values(order: str, fields: dict[int, _Field], tag: int) -> tuple[int, ...]:
    field = fields.get(tag)
    if field is None:
        return ()
    if field.kind not in _INTEGERS:
        raise corrupt(f"field {tag} holds no whole numbers")
    return struct.unpack(f"{order}{field.number}{_INTEGERS[field.kind]}", field.data)


def _one(order: str, fields: dict[int, _Field], tag: int, default: int) -> int:
    values = _values(order, fields, tag)
    return values[0] if values else default


def _require_plain(order: str, fields: dict[int, _Field]) -> None:
    def one(tag: int, default: int) -> int:
        return _one(order, fields, tag, default)

    if _DNG in fields or _SUB_PAGES in fields or one(_KIND, 0) & 1:
        raise UnsupportedFormatError(
            "the first page is a preview, as in raw photos; develop it, or convert it to JPEG"
        )
    if one(_COMPRESSION, 1) not in _COMPRESSIONS:
        known = ", ".join(dict.fromkeys(_COMPRESSIONS.values()))
        raise UnsupportedFormatError(
            f"the picture is a TIFF with compression {one(_COMPRESSION, 1)}; those that are read "
            f"are {known}: convert it to PNG"
        )
    bits = set(_values(order, fields, _BITS) or (1,))
    whole = set(_values(order, fields, _FORMAT) or (1,)) == {1}
    few = 1 <= one(_SAMPLES, 1) <= _MOST_SAMPLES
    if not (bits <= _BITS_OF_SAMPLE and whole and few and one(_PHOTOMETRIC, 1) in _PHOTOMETRICS):
        raise UnsupportedFormatError(
            "the picture is a TIFF of other samples than whole numbers of at most 16 bits in grey, "
            "RGB, palette or CMYK; convert it to PNG"
        )
    if max(one(_TILE_WIDTH, 0), one(_TILE_HEIGHT, 0)) > _LARGEST_TILE:
        raise corrupt(f"a tile is larger than {_LARGEST_TILE} pixels")


def _require_there(content: bytes, order: str, fields: dict[int, _Field]) -> None:
    """Every strip or tile lies in the file."""
    tiled = _TILE_AT in fields
    begins = _values(order, fields, _TILE_AT if tiled else _STRIP_AT)
    sizes = _values(order, fields, _TILE_BYTES if tiled else _STRIP_BYTES)
    if not begins or len(begins) != len(sizes):
        raise corrupt("it does not say where its pixels are")
    if any(begin + size > len(content) for begin, size in zip(begins, sizes, strict=True)):
        raise truncated()


def _rebuild(content: bytes, order: str, fields: dict[int, _Field]) -> bytes:
    """The bytes with a new directory behind them, to which the header points."""
    kept = sorted((tag, field) for tag, field in fields.items() if tag in WANTED)
    begin = len(content) + len(content) % 2
    values_at = begin + 2 + 12 * len(kept) + 4
    entries, values = [struct.pack(order + "H", len(kept))], bytearray()
    for tag, field in kept:
        entries.append(struct.pack(order + "HHI", tag, field.kind, field.number))
        if len(field.data) <= 4:
            entries.append(field.data.ljust(4, b"\0"))
            continue
        entries.append(struct.pack(order + "I", values_at + len(values)))
        values += field.data + b"\0" * (len(field.data) % 2)
    entries.append(b"\0" * 4)
    head = content[:4] + struct.pack(order + "I", begin)
    return b"".join((head, content[8:], b"\0" * (len(content) % 2), *entries, values))
