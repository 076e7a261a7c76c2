"""The headers of the pages in a Parquet file: what a reader would have to hold in memory.

The footer of a file says how large its pages are, and may lie; readers go by the header of each
page. Those are read here, in the compact protocol of Thrift, as far as they are needed.
"""

from __future__ import annotations

import io
from typing import IO, Final, NamedTuple

from genderlens.errors import DataError

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 0, 1, 2, 3, 7, 8, 12
_INTEGERS: Final = frozenset({4, 5, 6})
_MAX_HEADER_BYTES: Final = 1_000_000
_MAX_DEPTH: Final = 8
_DICTIONARY: Final = 2
_KIND, _UNCOMPRESSED, _COMPRESSED = 1, 2, 3


class PageHeader(NamedTuple):
    """One page: its bytes in the file and in memory, and whether it is a dictionary."""

    stored_bytes: int
    bytes: int
    is_dictionary: bool


def read_pages(stream: IO[bytes], begin: int, length: int, where: str) -> list[PageHeader]:
    """The pages of one column chunk, whose bytes lie from ``begin`` on; DataError for nonsense."""
    end, pages = begin + length, list[PageHeader]()
    while begin < end:
        stream.seek(begin)
        head = io.BytesIO(stream.read(min(_MAX_HEADER_BYTES, end - begin)))
        try:
            fields = _read_struct(head, 0)
            page = PageHeader(
                fields[_COMPRESSED], fields[_UNCOMPRESSED], fields[_KIND] == _DICTIONARY
            )
        except (EOFError, KeyError, OverflowError) as error:
            raise DataError(
                f"{where} cannot be read: a page has no header; is it whole?"
            ) from error
        if page.bytes < 0 or not 0 <= page.stored_bytes <= end - begin - head.tell():
            raise DataError(f"{where} cannot be read: a page has an impossible size; is it whole?")
        pages.append(page)
        begin += head.tell() + page.stored_bytes
    return pages


def _read_struct(stream: IO[bytes], depth: int) -> dict[int, int]:
    """The integers of a struct by field number; everything else is passed over."""
    if depth > _MAX_DEPTH:
        raise EOFError
    found: dict[int, int] = {}
    number = 0
    while (head := _byte(stream)) != _STOP:
        step, kind = head >> 4, head & 15
        number = number + step if step else _zigzag(_varint(stream))
        if kind in _INTEGERS:
            found[number] = _zigzag(_varint(stream))
        else:
            _skip(stream, kind, depth)
    return found


def _skip(stream: IO[bytes], kind: int, depth: int) -> None:
    if kind in {_TRUE, _FALSE}:
        return
    if kind in _INTEGERS:
        _varint(stream)
    elif kind in {_BYTE, _DOUBLE}:
        _take(stream, 1 if kind == _BYTE else 8)
    elif kind == _BINARY:
        _take(stream, _varint(stream))
    elif kind == _STRUCT:
        _read_struct(stream, depth + 1)
    else:
        raise EOFError  # page headers hold no lists, sets or maps


def _byte(stream: IO[bytes]) -> int:
    return _take(stream, 1)[0]


def _take(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(min(count, _MAX_HEADER_BYTES))
    if len(content) < count:
        raise EOFError
    return content


def _varint(stream: IO[bytes]) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = _byte(stream)
        value |= (byte & 127) << shift
        if byte < 128:
            return value
    raise OverflowError


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
