"""The pictures in an HEIC file as they are coded, beside what the file says they are.

The boxes of ISO/IEC 14496-12 and 23008-12 say a size (``ispe``), a grid says how many tiles it is
made of, and a decoder reserves memory by the HEVC data inside. Here all are compared, before the
decoder sees any. It sees one picture: whatever is neither coded in HEVC nor a grid of such tiles is
hidden from it, and so are films.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from genderlens.errors import ImageTooLargeError
from genderlens.pictures.bmff import (
    FileBox,
    list_associations,
    list_boxes,
    list_inside,
    list_locations,
    list_references,
    read_number,
)
from genderlens.pictures.faults import truncated
from genderlens.pictures.hevc import (
    Configuration,
    SequenceParameters,
    read_configuration,
    read_sequences,
)

SIGNATURE: Final = rb".{4}ftyp(?:.{4}){0,15}?(?:hei[cxms]|hev[cxms])"
_CODED, _GRID, _HIDDEN = b"hvc1", b"grid", b"free"
_HIDDEN_BOXES: Final = frozenset({b"moov", b"moof"})
_SLACK_PX: Final = 64
_MAX_PADDED: Final = 3
_FREE_PIXELS: Final = 4_000_000
_MAX_PIXELS: Final = 32_768**2
_MAX_TILES: Final = 4_096
_ALPHA: Final = b"auxC"
_OVERHEAD: Final = 1.05
_LEAST_BYTES: Final = 8.4

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Item:
    """One picture of a file. ``parts`` are the tiles of a grid; ``extent`` is what it says."""

    kind: bytes
    data: bytes
    parts: tuple[int, ...]
    extent: Size | None
    configuration: Configuration | None

    @property
    def size(self) -> Size:
        if self.extent is None:
            raise ValueError("a picture without a size")
        return self.extent

    def sequences(self) -> list[SequenceParameters]:
        """Of a coded picture."""
        if self.configuration is None:
            raise ValueError("a picture without a configuration")
        return read_sequences(self.configuration, self.data)


class _File:
    """The boxes of a file that say what pictures are in it; there is one of each."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        top = list(list_boxes(content, 0, len(content)))
        (meta,) = (box for box in top if box.kind == b"meta")
        self.meta = FileBox(meta.kind, meta.begin + 4, meta.end)
        self._boxes = _unique(content, self.meta)

    def box(self, kind: bytes) -> FileBox:
        if kind not in self._boxes:
            raise ValueError(f"no {kind.decode()}")
        return self._boxes[kind]

    @property
    def primary(self) -> int:
        """The number of the picture that the file is about."""
        begin = self.box(b"pitm").begin
        return read_number(self.content, begin + 4, 4 if self.content[begin] else 2)[0]

    def kinds(self) -> dict[int, tuple[bytes, int]]:
        """The kind of each item, and where that stands."""
        content, iinf = self.content, self.box(b"iinf")
        found: dict[int, tuple[bytes, int]] = {}
        begin = iinf.begin + (6 if content[iinf.begin] == 0 else 8)
        for entry in list_boxes(content, begin, iinf.end):
            version = content[entry.begin]
            if entry.kind != b"infe" or version < 2:
                raise ValueError("an item of an old kind")
            number, at = read_number(content, entry.begin + 4, 2 if version == 2 else 4)
            if number in found:
                raise ValueError(f"two items of the number {number}")
            found[number] = content[at + 2 : at + 6], at + 2
        return found

    def items(self) -> dict[int, _Item]:
        """Every picture that a decoder may come to."""
        data, extents, configurations = self._data(), dict[int, Size](), dict[int, Configuration]()
        for number, box in self._associated():
            if box.kind == b"ispe":
                extents[number] = _extent(self.content, box)
            elif box.kind == b"hvcC":
                configurations[number] = read_configuration(self.content[box.begin : box.end])
        parts = self._parts()
        return {
            number: _Item(
                kind,
                data.get(number, b""),
                parts.get(number, ()),
                extents.get(number),
                configurations.get(number),
            )
            for number, (kind, _) in self.kinds().items()
            if kind in {_CODED, _GRID}
        }

    def _data(self) -> dict[int, bytes]:
        pool = self._boxes[b"idat"].begin if b"idat" in self._boxes else 0
        found: dict[int, bytes] = {}
        for number, extents, in_idat in list_locations(self.content, self.box(b"iloc")):
            base = pool if in_idat else 0
            if number in found:
                raise ValueError(f"item {number} lies in two places")
            found[number] = b"".join(self.content[base + b : base + b + n] for b, n in extents)
        return found

    def extents(self) -> list[Size]:
        """Every size that the file says, whether or not of a picture in it."""
        return [_extent(self.content, box) for box in self._properties() if box.kind == b"ispe"]

    def _properties(self) -> list[FileBox]:
        (pool,) = list_inside(self.content, self.box(b"iprp"), b"ipco")
        return list(list_boxes(self.content, pool.begin, pool.end))

    def _associated(self) -> Iterator[tuple[int, FileBox]]:
        """The numbers of items, each with a property of it."""
        iprp, known = self.box(b"iprp"), self._properties()
        seen: set[tuple[int, bytes]] = set()
        for box in list_inside(self.content, iprp, b"ipma"):
            for number, index in list_associations(self.content, box):
                if not 0 < index <= len(known):
                    continue
                one = known[index - 1]
                if one.kind in {b"ispe", b"hvcC"} and (number, one.kind) in seen:
                    raise ValueError(f"item {number} has two {one.kind.decode()}")
                seen.add((number, one.kind))
                yield number, one

    def _parts(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        if b"iref" not in self._boxes:
            return found
        for kind, number, others in list_references(self.content, self._boxes[b"iref"]):
            if kind == b"dimg":
                if number in found or len(others) > _MAX_TILES:
                    raise ValueError(f"item {number} is made of too much")
                found[number] = others
        return found


def extract_heif(content: bytes) -> tuple[bytes, bytes]:
    """The file with its EXIF, films and pictures of other kinds hidden; it says how it is turned.

    TruncatedImageError where a box ends behind the file; ImageTooLargeError beyond the limit of the
    decoder, which would call the picture broken.
    """
    begin, changed = 0, bytearray(content)
    for box in list_boxes(content, 0, len(content)):
        if box.kind in _HIDDEN_BOXES:
            _hide(changed, content.rindex(box.kind, begin, box.begin))
        begin = box.end
    if begin < len(content):
        raise truncated()
    file = _File(content)
    if max(width * height for width, height in file.extents()) > _MAX_PIXELS:
        raise ImageTooLargeError(f"the picture has more than {_MAX_PIXELS:,} pixels; scale it down")
    for kind, place in file.kinds().values():
        if kind not in {_CODED, _GRID}:
            _hide(changed, place)
    return bytes(changed), b""


def heif_cost(content: bytes) -> tuple[Size, float]:
    """The largest extent that any picture in the file says, and bytes to decode each pixel of it.

    Planes as they are coded, the picture as libheif gives it and once more on the way, as measured.
    """
    file = _File(content)
    items = file.items().values()
    sequences = [one for item in items if item.kind == _CODED for one in item.sequences()]
    colour = max(one.samples * (1 + one.is_deep) for one in sequences)
    alpha = float(_ALPHA in content[file.meta.begin : file.meta.end])
    given = 1.0 if colour + alpha == 1.0 else 3.0 + alpha
    decoded = (colour + 2 * alpha) * (2 if any(item.kind == _GRID for item in items) else 1)
    each = max((decoded + 2 * given) * _OVERHEAD, _LEAST_BYTES)
    extents = [item.extent for item in items if item.extent]
    return max(extents, key=lambda size: size[0] * size[1]), each


def require_honest_size(content: bytes, size: Size) -> None:
    """ValueError, IndexError or struct.error where the HEVC data are larger than the file says.

    Every coded picture counts, shown or not, and each tile as often as a grid names it.
    """
    file = _File(content)
    items, primary = file.items(), file.primary
    if primary not in items:
        raise ValueError("its picture is not coded in HEVC")
    whole = items[primary].size
    if size[0] * size[1] > whole[0] * whole[1]:
        raise ValueError(f"it says {_words(whole)} and {_words(size)}")
    pixels = 0
    for item in items.values():
        pixels += _grid_pixels(item, items) if item.kind == _GRID else _coded_pixels(item)
        if any(side > of + _SLACK_PX for side, of in zip(item.size, whole, strict=True)):
            raise ValueError(f"it says {_words(whole)} and holds {_words(item.size)}")
    if pixels > _MAX_PADDED * whole[0] * whole[1] + _FREE_PIXELS:
        raise ValueError(f"its {len(items)} parts are larger than its {_words(whole)}")


def _coded_pixels(item: _Item) -> int:
    """What a decoder reserves for a coded picture, as large as the picture says, but for edges."""
    for one in item.sequences():
        for coded, shown, said in zip((one.width, one.height), one.shown, item.size, strict=True):
            if coded > said + _SLACK_PX or not said <= coded or shown < 1:
                held = _words((one.width, one.height))
                raise ValueError(f"it says {_words(item.size)} and holds {held}")
    return max(one.width * one.height for one in item.sequences())


def _grid_pixels(item: _Item, items: Mapping[int, _Item]) -> int:
    """What its tiles come to, which must be coded pictures, as many as its rows and columns."""
    across, down, size = _read_grid(item.data)
    if size != item.size:
        raise ValueError(f"a grid of {_words(size)} says {_words(item.size)}")
    if len(item.parts) != across * down:
        raise ValueError(f"a grid of {across}×{down} tiles has {len(item.parts)}")
    tiles = [items[number] for number in item.parts if number in items]
    if len(tiles) < len(item.parts) or any(tile.kind != _CODED for tile in tiles):
        raise ValueError("a grid of something else than coded tiles")
    return sum(tile.size[0] * tile.size[1] for tile in tiles)


def _read_grid(data: bytes) -> tuple[int, int, Size]:
    """Columns, rows, and the size of the whole."""
    count = 4 if data[1] & 1 else 2
    width, at = read_number(data, 4, count)
    height, _ = read_number(data, at, count)
    return data[3] + 1, data[2] + 1, (width, height)


def _unique(content: bytes, parent: FileBox) -> dict[bytes, FileBox]:
    """The boxes in a box by kind; ValueError where two are of a kind, or the last does not end."""
    found: dict[bytes, FileBox] = {}
    end = parent.begin
    for box in list_boxes(content, parent.begin, parent.end):
        if box.kind in found and box.kind != _HIDDEN:
            raise ValueError(f"two {box.kind!r}")
        found[box.kind], end = box, box.end
    if end != parent.end:
        raise ValueError(f"a box in {parent.kind!r} does not end with it")
    return found


def _extent(content: bytes, box: FileBox) -> Size:
    width, at = read_number(content, box.begin + 4, 4)
    return width, read_number(content, at, 4)[0]


def _hide(content: bytearray, place: int) -> None:
    content[place : place + 4] = _HIDDEN


def _words(size: Size) -> str:
    return f"{size[0]}×{size[1]} pixels"
