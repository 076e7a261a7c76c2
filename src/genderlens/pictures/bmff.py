"""The boxes of ISO/IEC 14496-12 and 23008-12, which hold AVIF and HEIC pictures.

What is broken raises ValueError, IndexError or struct.error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

MAX_BOXES: Final = 10_000
MAX_ITEMS: Final = 2_000
_MAX_OVERLAP: Final = 2
"""Bytes of all items, by those of the file: a few that all are the whole file would be many."""


class FileBox(NamedTuple):
    """Where the content of a box begins and ends."""

    kind: bytes
    begin: int
    end: int


def list_boxes(content: bytes, begin: int, end: int) -> Iterator[FileBox]:
    """The boxes that follow each other in a part of a file, up to one that is none."""
    for _ in range(MAX_BOXES):
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
        yield FileBox(kind, begin + head, stop)
        begin = stop
    raise ValueError(f"more than {MAX_BOXES} boxes")


def list_inside(content: bytes, box: FileBox, *path: bytes) -> Iterator[FileBox]:
    """The boxes at a path of kinds inside a box."""
    for inner in list_boxes(content, box.begin, box.end):
        if inner.kind == path[0]:
            yield from list_inside(content, inner, *path[1:]) if path[1:] else [inner]


def list_locations(
    content: bytes, iloc: FileBox
) -> Iterator[tuple[int, list[tuple[int, int]], bool]]:
    """Number of an item, where its parts begin and how long they are, and whether in ``idat``."""
    version, at = content[iloc.begin], iloc.begin + 4
    widths = [content[at] >> 4, content[at] & 15, content[at + 1] >> 4, content[at + 1] & 15]
    offset_bytes, length_bytes, base_bytes, index_bytes = widths
    if version == 0:
        index_bytes = 0
    count, at = read_number(content, at + 2, 4 if version == 2 else 2)
    if count > MAX_ITEMS:
        raise ValueError(f"{count} items")
    total = 0
    for _ in range(count):
        item, at = read_number(content, at, 4 if version == 2 else 2)
        method, at = read_number(content, at, 2) if version else (0, at)
        if method & 15 > 1:
            raise ValueError("items made of other items' data")
        base, at = read_number(content, at + 2, base_bytes)
        parts, at = read_number(content, at, 2)
        if parts > MAX_ITEMS:
            raise ValueError(f"an item of {parts} parts")
        extents = list[tuple[int, int]]()
        for _ in range(parts):
            offset, at = read_number(content, at + index_bytes, offset_bytes)
            length, at = read_number(content, at, length_bytes)
            length = min(length or len(content), max(0, len(content) - base - offset))
            extents.append((base + offset, length))
            total += length
            if total > _MAX_OVERLAP * len(content):
                raise ValueError("items that lie over each other")
        yield item, extents, bool(method & 15)


def read_number(content: bytes, begin: int, count: int) -> tuple[int, int]:
    """A big-endian number of so many bytes, and where it ends."""
    if begin + count > len(content):
        raise IndexError("the file ends before its boxes do")
    return int.from_bytes(content[begin : begin + count], "big"), begin + count


def list_associations(content: bytes, ipma: FileBox) -> Iterator[tuple[int, int]]:
    """Numbers of items, each with the place of a property in ``ipco``, counted from 1."""
    version, flags = content[ipma.begin], content[ipma.begin + 3]
    count, at = read_number(content, ipma.begin + 4, 4)
    if count > MAX_ITEMS:
        raise ValueError(f"properties of {count} items")
    for _ in range(count):
        number, at = read_number(content, at, 4 if version else 2)
        properties, at = read_number(content, at, 1)
        for _ in range(properties):
            index, at = read_number(content, at, 2 if flags & 1 else 1)
            yield number, index & (0x7FFF if flags & 1 else 0x7F)


def list_references(content: bytes, iref: FileBox) -> Iterator[tuple[bytes, int, tuple[int, ...]]]:
    """How an item refers to others, its number, and theirs."""
    width = 4 if content[iref.begin] else 2
    for box in list_boxes(content, iref.begin + 4, iref.end):
        number, at = read_number(content, box.begin, width)
        count, at = read_number(content, at, 2)
        if at + count * width > box.end:
            raise IndexError("references end behind their box")
        others = tuple(read_number(content, at + index * width, width)[0] for index in range(count))
        yield box.kind, number, others
