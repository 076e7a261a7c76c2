"""The allow-list of picture formats: known by their first bytes, stripped of all but the pixels.

Decoders never see EXIF, ICC, text or later frames, so none of those can cost time, warn, or spoil a
good picture. What an extractor finds wrong is an ImageError; anything else that it raises while
parsing hostile bytes is turned into one by genderlens.pictures.imaging.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from genderlens.errors import (
    CorruptImageError,
    ImageTooLargeError,
    UnsupportedFormatError,
)
from genderlens.pictures import avif, bmp, heif, tiff, webp
from genderlens.pictures.decoding import AvifFrame, WebpFrame
from genderlens.pictures.faults import corrupt, truncated
from genderlens.pictures.heif_plugin import has_heif, open_heif

PICTURE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo"}
    | {".png", ".apng", ".webp", ".gif", ".avif", ".avifs", ".bmp", ".dib", ".tif", ".tiff"}
)
"""What names of pictures end in, in lower case; ``.jfif`` is what browsers save on Windows."""
MAX_JPEG_SCANS: Final = 32
"""A progressive JPEG has about ten; each one is a pass over the whole picture."""
MAX_SEGMENTS: Final = 100_000
"""Segments, chunks, blocks or boxes of one file; a real picture has fewer than ten thousand."""

_SOS, _EOI, _APP1, _JPEG_METADATA = 0xDA, 0xD9, 0xE1, frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_PNG_PIXEL_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_GIF_EXTENSION, _GIF_FRAME, _GIF_CONTROL = 0x21, 0x2C, b"!\xf9\x04"
_AVIF_EXIF_ITEM: Final = re.compile(rb"(infe\x02.{7})Exif", re.DOTALL)
_AVIF_EXTENT: Final = re.compile(rb"ispe\0{4}(.{4})(.{4})", re.DOTALL)
_AVIF_PICTURE_BOXES: Final = frozenset({b"ftyp", b"meta", b"moov", b"mdat"})
_AVIF_MAX_PIXELS: Final = 16_384**2


def _too_many_segments() -> CorruptImageError:
    return corrupt(f"it consists of more than {MAX_SEGMENTS:,} segments")


def _extract_jpeg(content: bytes) -> tuple[bytes, bytes]:
    """The file without the APP and COM segments that say nothing about colour, and its EXIF."""
    kept, exif, scans, frames = [content[:2]], b"", 0, 0
    for kind, begin, end in _jpeg_segments(content):
        scans += kind == _SOS
        frames += kind in _JPEG_FRAMES and not scans
        if scans == 1 and kind == _SOS:
            kept.append(content[begin:])
        elif not scans and kind not in _JPEG_METADATA:
            kept.append(content[begin:end])
        elif not scans and kind == _APP1 and content.startswith(b"Exif\0\0", begin + 4):
            exif = exif or content[begin + 4 : end]
    if not scans:
        raise truncated()
    if frames != 1:
        raise corrupt(f"it says its size {frames} times")
    if scans > MAX_JPEG_SCANS:
        raise corrupt(f"it has {scans} scans, at most {MAX_JPEG_SCANS} are read")
    return b"".join(kept), exif


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment up to the end marker; scan data lies in between."""
    end = 2
    for _ in range(MAX_SEGMENTS):
        match = _JPEG_MARKER.search(content, end)
        if not match or match[1][0] == _EOI:
            return
        begin = match.start()
        end = begin + 2 + int.from_bytes(content[begin + 2 : begin + 4], "big")
        yield match[1][0], begin, end
    raise _too_many_segments()


def _extract_png(content: bytes) -> tuple[bytes, bytes]:
    """The chunks that make pixels, their checksums verified, and the EXIF."""
    chunks, exif = [content[:8]], b""
    for kind, begin, end in _png_chunks(content):
        if (kind == b"IHDR") != (begin == 8):
            raise corrupt("its header is not its first chunk alone")
        if kind == b"eXIf":
            exif = content[begin + 8 : end - 4]
        elif kind in _PNG_PIXEL_CHUNKS:
            (checksum,) = struct.unpack_from(">I", content, end - 4)
            if zlib.crc32(content[begin + 4 : end - 4]) != checksum:
                raise corrupt(f"the checksum of its {kind.decode()} is wrong")
            chunks.append(content[begin:end])
    return b"".join(chunks), exif


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each chunk; one that ends beyond the file is the last."""
    end, seen_pixels = 8, False
    for _ in range(MAX_SEGMENTS):
        if seen_pixels and end + 8 > len(content):
            return
        begin = end
        length, kind = struct.unpack_from(">I4s", content, begin)
        end = begin + 12 + length
        seen_pixels |= kind == b"IDAT"
        yield kind, begin, end
        if kind == b"IEND":
            return
    raise _too_many_segments()


def _extract_gif(content: bytes) -> tuple[bytes, bytes]:
    """The file without comments and the like, its screen widened to hold the first frame."""
    palette_end = _gif_palette_end(content)
    frame, control = _find_gif_frame(content, palette_end)
    size = _gif_size(content, frame)
    if max(size) > 0xFFFF:
        raise corrupt("its first frame lies outside of it")
    screen = content[:6] + struct.pack("<2H", *size) + content[10:palette_end]
    return screen + control + content[frame:], b""


def gif_size(content: bytes) -> tuple[int, int]:
    """Width and height of a GIF's screen, widened to hold the first frame."""
    return _gif_size(content, _find_gif_frame(content, _gif_palette_end(content))[0])


def _gif_palette_end(content: bytes) -> int:
    return 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)


def _gif_size(content: bytes, frame: int) -> tuple[int, int]:
    screen_width, screen_height = struct.unpack_from("<2H", content, 6)
    left, top, width, height = struct.unpack_from("<4H", content, frame + 1)
    return max(screen_width, left + width), max(screen_height, top + height)


def _find_gif_frame(content: bytes, begin: int) -> tuple[int, bytes]:
    """Where the first frame begins, and the control block before it without its disposal."""
    control, in_extension = b"", False
    for _ in range(MAX_SEGMENTS):
        byte = content[begin]
        if in_extension:
            in_extension = byte > 0
            begin += 1 + byte
        elif byte == _GIF_FRAME:
            return begin, control
        else:
            in_extension = byte == _GIF_EXTENSION
            if content.startswith(_GIF_CONTROL, begin):
                flags = bytes([content[begin + 3] & ~0b11100])
                control = _GIF_CONTROL + flags + content[begin + 4 : begin + 7] + b"\0"
            begin += 2 if in_extension else 1
    raise _too_many_segments()


def _extract_webp(content: bytes) -> tuple[bytes, bytes]:
    if len(content) < 8 + int.from_bytes(content[4:8], "little"):
        raise truncated()
    return content, b""


def _extract_avif(content: bytes) -> tuple[bytes, bytes]:
    """The file with its EXIF hidden: the container itself says how an AVIF is turned.

    The decoder calls a picture beyond its own limit broken, so that limit is checked here.
    """
    for width, height in _AVIF_EXTENT.findall(content):
        if int.from_bytes(width, "big") * int.from_bytes(height, "big") > _AVIF_MAX_PIXELS:
            raise ImageTooLargeError(
                f"the picture has more than {_AVIF_MAX_PIXELS:,} pixels; scale it down"
            )
    begin = 0
    for _ in range(MAX_SEGMENTS):
        size, kind, wide = struct.unpack(">I4sQ", content[begin : begin + 16].ljust(16, b"\0"))
        begin += wide if size == 1 else size
        if begin > len(content) and kind in _AVIF_PICTURE_BOXES:
            raise truncated()
        if begin >= len(content) or not size:
            return _AVIF_EXIF_ITEM.sub(rb"\1free", content), b""
    raise _too_many_segments()


class PictureFormat(NamedTuple):
    """How one format is known, stripped and decoded.

    ``extract`` returns the bytes for the plugin and the EXIF that it cut away. ``require_honest``
    raises where those bytes hold another size than the plugin found in their header. ``extra``
    installs the decoder, and ``is_here`` tells whether it is.
    """

    suffix: str
    signature: re.Pattern[bytes]
    extract: Callable[[bytes], tuple[bytes, bytes]]
    plugin: Callable[[IO[bytes]], ImageFile]
    require_honest: Callable[[bytes, tuple[int, int]], object] = lambda *_: None
    extra: str = ""
    is_here: Callable[[], bool] = lambda: True


FORMATS: Final = {
    "JPEG": PictureFormat("jpg", re.compile(rb"\xff\xd8\xff"), _extract_jpeg, JpegImageFile),
    "PNG": PictureFormat("png", re.compile(rb"\x89PNG\r\n\x1a\n"), _extract_png, PngImageFile),
    "WEBP": PictureFormat(
        "webp",
        re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
        _extract_webp,
        WebpFrame,
        webp.require_honest_size,
    ),
    "GIF": PictureFormat("gif", re.compile(rb"GIF8[79]a"), _extract_gif, GifImageFile),
    "AVIF": PictureFormat(
        "avif",
        re.compile(rb".{4}ftyp(?:.{4}){0,15}?avi[fs]", re.DOTALL),
        _extract_avif,
        AvifFrame,
        avif.require_honest_size,
    ),
    "HEIC": PictureFormat(
        "heic",
        re.compile(heif.SIGNATURE, re.DOTALL),
        heif.extract_heif,
        open_heif,
        heif.require_honest_size,
        extra="heif",
        is_here=has_heif,
    ),
    "BMP": PictureFormat(
        "bmp", re.compile(bmp.SIGNATURE, re.DOTALL), bmp.extract_bmp, BmpImageFile
    ),
    "TIFF": PictureFormat("tif", re.compile(tiff.SIGNATURE), tiff.extract_tiff, TiffImageFile),
}


def list_formats() -> tuple[str, ...]:
    """The names of the formats whose decoders are installed."""
    return tuple(name for name, one in FORMATS.items() if one.is_here())


def match_format(content: bytes) -> str | None:
    """The name of the format whose signature the bytes begin with, installed or not."""
    return next((name for name, one in FORMATS.items() if one.signature.match(content)), None)


def find_format(content: bytes) -> PictureFormat:
    """The format that the bytes begin with; UnsupportedFormatError for others, and for one whose
    decoder is not installed.
    """
    name = match_format(content)
    if name is not None and FORMATS[name].is_here():
        return FORMATS[name]
    if name is not None:
        extra = FORMATS[name].extra
        raise UnsupportedFormatError(
            f"the picture is {name}, which needs the extra {extra!r}, which is not installed; "
            f"convert it to JPEG, or install it with: pip install 'genderlens[{extra}]'"
        )
    raise UnsupportedFormatError(
        f"the file is not a picture in an allowed format ({', '.join(list_formats())}): it is "
        f"{'none of these' if content else 'an empty file'}; convert it to JPEG or PNG"
    )
