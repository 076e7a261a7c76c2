"""Encoded bytes to upright RGB pixels, and pixels to model input: the only preprocessing there is.

Training, calibration, evaluation, service and labelling all come through here. The order is fixed:
format by its bytes → everything but the pixels cut away → size from the header → decode → depth and
transparency → EXIF orientation. Decoders never see EXIF, ICC, text or later frames, so none of
those can cost time, warn, or spoil a good picture. Safe to call from any number of threads.
"""

from __future__ import annotations

import io
import math
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from genderlens.errors import (
    CorruptImageError,
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    TruncatedImageError,
    UnsupportedFormatError,
)
from genderlens.types import Box

PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})
MIN_SIDE_PX: Final = 16
DEFAULT_MAX_PIXELS: Final = 50_000_000
MAX_JPEG_SCANS: Final = 32
"""A progressive JPEG has about ten; each one is a pass over the whole picture."""
MAX_SEGMENTS: Final = 100_000
"""Segments, chunks, blocks or boxes of one file; a real picture has fewer than ten thousand."""

Interpolation = Literal["bilinear", "bicubic", "lanczos"]
_FILTERS: Final = {
    "bilinear": (Image.Resampling.BILINEAR, 1),
    "bicubic": (Image.Resampling.BICUBIC, 2),
    "lanczos": (Image.Resampling.LANCZOS, 3),
}
"""Pillow's filter, and how far it reaches to each side in pixels of the coarser grid."""
_BACKGROUND: Final = (255, 255, 255)
_MAX_CANVAS_PIXELS: Final = 40_000_000

_SOS, _EOI, _APP1, _JPEG_METADATA = 0xDA, 0xD9, 0xE1, frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
_JPEG_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_PNG_PIXEL_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_GIF_EXTENSION, _GIF_FRAME, _GIF_CONTROL = 0x21, 0x2C, b"!\xf9\x04"
_AVIF_EXIF_ITEM: Final = re.compile(rb"(infe\x02.{7})Exif", re.DOTALL)
_EXIF_ORIENTATION: Final = 0x0112
_TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

RgbArray = NDArray[np.uint8]
"""Height × width × 3, red first, 0..255."""


@dataclass(frozen=True, slots=True)
class CropGeometry:
    """How the square given to a classifier lies around a detected face box.

    ``scale`` is the side of the square in units of ``sqrt(width · height)`` of the box; the square's
    centre is the centre of the box moved by ``shift_x`` and ``shift_y`` sides of the square.
    """

    scale: float
    shift_x: float
    shift_y: float

    def square(self, face: Box) -> Box:
        """The square around a face, in pixels; it may reach beyond the picture."""
        side = self.scale * (face.area**0.5)
        x, y = face.center
        x, y = x + self.shift_x * side, y + self.shift_y * side
        return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def decode_image(content: bytes, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Image.Image:
    """The upright RGB picture in encoded bytes; of an animation, the first frame.

    Transparent parts are white; 16-bit samples are scaled to 8. A picture counts as whole when all
    pixels of its first frame are there; a JPEG also needs its end marker, without which nothing
    tells it from a cut one.

    Raises UnsupportedFormatError, ImageTooLargeError, ImageTooSmallError, TruncatedImageError or
    CorruptImageError, nothing else. The size is checked before any pixel is decoded.
    """
    picture_format = _find_format(content)
    with _image_errors():
        pixels, exif = picture_format.extract(content)
        image = picture_format.plugin(io.BytesIO(pixels))
        _check_size(image.size, max_pixels)
        image.load()
        orientation = _read_orientation(exif or image.info.get("exif", b""))
        rgb = _to_rgb(image)
        rgb.info = {}
        return rgb.transpose(_TRANSPOSE[orientation]) if orientation in _TRANSPOSE else rgb


@contextmanager
def _image_errors() -> Iterator[None]:
    """Whatever a decoder raises becomes an ImageError: parsers fed hostile bytes raise anything."""
    try:
        yield
    except ImageError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise ImageTooLargeError(
            f"the picture needs too much memory ({error}); scale it down"
        ) from None
    except Exception as error:
        if isinstance(error, (IndexError, struct.error)) or "truncated" in str(error).lower():
            raise _truncated() from None
        raise _corrupt(str(error)) from None


def _truncated() -> TruncatedImageError:
    return TruncatedImageError("the file ends before its picture does; transfer it again, whole")


def _corrupt(reason: str) -> CorruptImageError:
    return CorruptImageError(
        f"the picture cannot be decoded ({reason}); save it again from its source"
    )


def _too_many_segments() -> CorruptImageError:
    return _corrupt(f"it consists of more than {MAX_SEGMENTS:,} segments")


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"the picture has {width}×{height} = {width * height:,} pixels, the limit is "
            f"{max_pixels:,}; scale it down"
        )
    if min(width, height) < MIN_SIDE_PX:
        raise ImageTooSmallError(
            f"the picture has {width}×{height} pixels, each side needs at least {MIN_SIDE_PX}; "
            "send a larger one"
        )


def _extract_jpeg(content: bytes) -> tuple[bytes, bytes]:
    """The file without the APP and COM segments that say nothing about colour, and its EXIF."""
    kept, exif, scans = [content[:2]], b"", 0
    for kind, begin, end in _jpeg_segments(content):
        scans += kind == _SOS
        if scans == 1 and kind == _SOS:
            kept.append(content[begin:])
        elif not scans and kind not in _JPEG_METADATA:
            kept.append(content[begin:end])
        elif not scans and kind == _APP1 and content.startswith(b"Exif\0\0", begin + 4):
            exif = exif or content[begin + 4 : end]
    if not scans:
        raise _truncated()
    if scans > MAX_JPEG_SCANS:
        raise _corrupt(f"it has {scans} scans, at most {MAX_JPEG_SCANS} are read")
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
        if kind == b"eXIf":
            exif = content[begin + 8 : end - 4]
        elif kind in _PNG_PIXEL_CHUNKS:
            (checksum,) = struct.unpack_from(">I", content, end - 4)
            if zlib.crc32(content[begin + 4 : end - 4]) != checksum:
                raise _corrupt(f"the checksum of its {kind.decode()} is wrong")
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
    palette_end = 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)
    frame, control = _find_gif_frame(content, palette_end)
    screen_width, screen_height = struct.unpack_from("<2H", content, 6)
    left, top, width, height = struct.unpack_from("<4H", content, frame + 1)
    size = max(screen_width, left + width), max(screen_height, top + height)
    if max(size) > 0xFFFF:
        raise _corrupt("its first frame lies outside of it")
    screen = content[:6] + struct.pack("<2H", *size) + content[10:palette_end]
    return screen + control + content[frame:], b""


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
        raise _truncated()
    return content, b""


def _extract_avif(content: bytes) -> tuple[bytes, bytes]:
    """The file with its EXIF hidden: the container itself says how an AVIF is turned."""
    begin = 0
    for _ in range(MAX_SEGMENTS):
        size, _, wide = struct.unpack(">I4sQ", content[begin : begin + 16].ljust(16, b"\0"))
        begin += wide if size == 1 else size
        if not size or begin >= len(content):
            break
    if begin > len(content):
        raise _truncated()
    return _AVIF_EXIF_ITEM.sub(rb"\1free", content), b""


class _Format(NamedTuple):
    """``extract`` returns the bytes for the plugin and the EXIF that it cut away."""

    signature: re.Pattern[bytes]
    extract: Callable[[bytes], tuple[bytes, bytes]]
    plugin: type[ImageFile]


_FORMATS: Final = {
    "JPEG": _Format(re.compile(rb"\xff\xd8\xff"), _extract_jpeg, JpegImageFile),
    "PNG": _Format(re.compile(rb"\x89PNG\r\n\x1a\n"), _extract_png, PngImageFile),
    "WEBP": _Format(re.compile(rb"RIFF.{4}WEBP", re.DOTALL), _extract_webp, WebPImageFile),
    "GIF": _Format(re.compile(rb"GIF8[79]a"), _extract_gif, GifImageFile),
    "AVIF": _Format(
        re.compile(rb".{4}ftyp(?:.{4}){0,15}?avi[fs]", re.DOTALL), _extract_avif, AvifImageFile
    ),
}
ALLOWED_FORMATS: Final = tuple(_FORMATS)


def _find_format(content: bytes) -> _Format:
    for picture_format in _FORMATS.values():
        if picture_format.signature.match(content):
            return picture_format
    raise UnsupportedFormatError(
        f"the file is not a picture in an allowed format ({', '.join(ALLOWED_FORMATS)}): it is "
        f"{'none of these' if content else 'an empty file'}; convert it to JPEG or PNG"
    )


def _read_orientation(exif: bytes) -> int:
    """The orientation 1..8 of an EXIF block, 1 where it is broken or says nothing."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = ">" if tiff.startswith(b"MM") else "<"
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, directory)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, directory + 2 + 12 * index)
            if tag == _EXIF_ORIENTATION:
                return int(value)
    except struct.error:
        pass
    return 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return _from_deep_grey(image)
    if image.mode in {"RGBA", "LA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        canvas = Image.new("RGB", layer.size, _BACKGROUND)
        canvas.paste(layer, mask=layer.getchannel("A"))
        return canvas
    return image.convert("RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """16-bit grey scaled to 8 bits, where Pillow's own conversion would clip."""
    values = np.asarray(image, dtype=np.uint32)
    grey = ((values + 128) // 257).astype(np.uint8)
    if "transparency" in image.info:
        grey[values == image.info["transparency"]] = 255
    return Image.fromarray(grey).convert("RGB")


def resize_square(
    image: Image.Image, size_px: int, *, region: Box | None = None, interpolation: Interpolation
) -> RgbArray:
    """``size_px`` × ``size_px`` × 3 from a region of the picture (or all of it), antialiased.

    A region that reaches beyond the picture sees it on an endless black ground. Resampling is
    Pillow's, whose filters widen when scaling down, so no detail aliases. Raises ValueError where
    the region is empty.
    """
    area = region or Box(0.0, 0.0, float(image.width), float(image.height))
    if not (0 < area.width < math.inf and 0 < area.height < math.inf):
        raise ValueError(f"the region {area} of a picture needs a width and a height")
    resample, support = _FILTERS[interpolation]
    if min(area.left, area.top) < 0 or area.right > image.width or area.bottom > image.height:
        image, area = _on_black(image, area, size_px, support)
    box = (area.left, area.top, area.right, area.bottom)
    return np.asarray(image.resize((size_px, size_px), resample, box=box), dtype=np.uint8)


def _on_black(image: Image.Image, area: Box, size_px: int, support: int) -> tuple[Image.Image, Box]:
    """The part of the picture and of the black around it that resampling an area reads.

    Where that would be vast, it comes from a halved picture; an output pixel still covers many.
    """
    reach_x = support * max(1.0, area.width / size_px)
    reach_y = support * max(1.0, area.height / size_px)
    left, top = math.floor(area.left - reach_x), math.floor(area.top - reach_y)
    right, bottom = math.ceil(area.right + reach_x), math.ceil(area.bottom + reach_y)
    if (right - left) * (bottom - top) > _MAX_CANVAS_PIXELS:
        half = Box(area.left / 2, area.top / 2, area.right / 2, area.bottom / 2)
        return _on_black(image.reduce(2), half, size_px, support)
    shifted = Box(area.left - left, area.top - top, area.right - left, area.bottom - top)
    return image.crop((left, top, right, bottom)), shifted


def normalize(
    batch: NDArray[np.uint8], mean: tuple[float, ...], std: tuple[float, ...]
) -> NDArray[np.float32]:
    """N×H×W×3 bytes to N×3×H×W float32: ``(x / 255 - mean) / std`` per channel."""
    scale = (1.0 / (255.0 * np.asarray(std))).astype(np.float32)
    offset = (np.asarray(mean) / np.asarray(std)).astype(np.float32)
    values = batch.astype(np.float32) * scale - offset
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))
