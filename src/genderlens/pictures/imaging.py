"""Encoded bytes to upright RGB pixels, and pixels to model input: the only preprocessing there is.

Training, calibration, evaluation, service and labelling all come through here. The order is fixed:
format by its bytes → everything but the pixels cut away → size from the header → decode → depth and
transparency → EXIF orientation. Decoders never see EXIF, ICC, text or later frames, so none of
those can cost time, warn, or spoil a good picture. Safe to call from any number of threads.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from genderlens.errors import ImageError, ImageTooLargeError, ImageTooSmallError
from genderlens.pictures.containers import find_format
from genderlens.pictures.cost import Cost, reckon_cost
from genderlens.pictures.decoding import to_rgb
from genderlens.pictures.faults import corrupt, truncated
from genderlens.pictures.regions import Region, cut_turned
from genderlens.types import Box

MIN_SIDE_PX: Final = 16
DEFAULT_MAX_PIXELS: Final = 51_200_000

Interpolation = Literal["bilinear", "bicubic", "lanczos"]
_FILTERS: Final = {
    "bilinear": (Image.Resampling.BILINEAR, 1),
    "bicubic": (Image.Resampling.BICUBIC, 2),
    "lanczos": (Image.Resampling.LANCZOS, 3),
}
"""Pillow's filter, and how far it reaches to each side in pixels of the coarser grid."""
_MAX_AREA_PIXELS: Final = 25_000_000
_EXIF_ORIENTATION: Final = 0x0112
_EXIF_INTEGERS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
"""Type of a field → how its value is stored; cameras write SHORT, editors write the others too."""
_TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_JPEG_DIVISORS: Final = (8, 4, 2)

RgbArray = NDArray[np.uint8]
"""Height × width × 3, red first, 0..255."""


class Decoded(NamedTuple):
    """An upright RGB picture, and the width and height of what was encoded, upright too."""

    image: Image.Image
    full_size: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels of the encoded picture per pixel here."""
        return max(self.full_size) / max(self.image.size)


def decode_image(content: bytes, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Image.Image:
    """The upright RGB picture in encoded bytes; see decode_reduced."""
    return decode_reduced(content, max_pixels=max_pixels).image


def decode_reduced(
    content: bytes, *, max_pixels: int = DEFAULT_MAX_PIXELS, enough_px: int | None = None
) -> Decoded:
    """The upright RGB picture in encoded bytes; of an animation, the first frame.

    A JPEG comes out at 1/2, 1/4 or 1/8 of its size where the longer side still has ``enough_px``
    then: the decoder leaves out the fine frequencies, which costs less than to scale down after.

    Transparent parts are white; 16-bit samples are scaled to 8. A picture counts as whole when all
    pixels of its first frame are there; a JPEG also needs its end marker, without which nothing
    tells it from a cut one.

    Raises UnsupportedFormatError, ImageTooLargeError, ImageTooSmallError, TruncatedImageError or
    CorruptImageError, nothing else. The size is checked before any pixel is decoded.
    """
    picture_format = find_format(content)
    with image_errors():
        pixels, exif = picture_format.extract(content)
        image = picture_format.plugin(io.BytesIO(pixels))
        _check_size(image.size, max_pixels)
        _check_header(image.size, reckon_cost(content, max_pixels))
        picture_format.require_honest(pixels, image.size)
        del pixels
        full_size = image.size
        if enough_px is not None and isinstance(image, JpegImageFile):
            _reduce(image, enough_px)
        said = image.size
        image.load()
        if image.size != said:
            raise corrupt("it is of another size than it says")
        orientation = _read_orientation(exif or image.info.get("exif") or b"")
        rgb = to_rgb(image)
        del image
        rgb.info = {}
        if orientation in _TRANSPOSE:
            rgb = rgb.transpose(_TRANSPOSE[orientation])
        return Decoded(rgb, full_size[::-1] if orientation in _SIDEWAYS else full_size)


def accept_pixels(image: Image.Image, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Decoded:
    """Pixels that are decoded already, upright and RGB, under the same limits.

    Raises ImageTooLargeError or ImageTooSmallError.
    """
    _check_size(image.size, max_pixels)
    return Decoded(image, image.size)


def _reduce(image: JpegImageFile, enough_px: int) -> None:
    """Have it decoded at the smallest scale that keeps ``enough_px`` and a side to look at."""
    width, height = image.size
    for divisor in _JPEG_DIVISORS:
        if (
            max(width, height) >= divisor * enough_px
            and min(width, height) >= divisor * MIN_SIDE_PX
        ):
            image.draft(image.mode, (width // divisor, height // divisor))
            return


@contextmanager
def image_errors() -> Iterator[None]:
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
            raise truncated() from None
        raise corrupt(str(error)) from None


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


def _check_header(size: tuple[int, int], cost: Cost) -> None:
    """Nothing is decoded that is larger than what its header made others set aside for it."""
    if cost.pixels and size[0] * size[1] > cost.pixels:
        raise corrupt("it is larger than its header says")


def _read_orientation(exif: bytes) -> int:
    """The orientation 1..8 of an EXIF block, 1 where it is broken or says nothing."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = ">" if tiff.startswith(b"MM") else "<"
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, directory)
        for index in range(count):
            entry = directory + 2 + 12 * index
            tag, kind = struct.unpack_from(order + "HH", tiff, entry)
            if tag == _EXIF_ORIENTATION and kind in _EXIF_INTEGERS:
                (value,) = struct.unpack_from(order + _EXIF_INTEGERS[kind], tiff, entry + 8)
                return int(value)
    except struct.error:
        pass
    return 1


def resize_region(
    image: Image.Image,
    shape: tuple[int, int],
    *,
    region: Box | Region | None = None,
    interpolation: Interpolation,
) -> RgbArray:
    """Height × width × 3 from a region of the picture (or all of it), antialiased.

    A region that reaches beyond the picture sees it on an endless black ground. Resampling is
    Pillow's, whose filters widen when scaling down, so no detail aliases. Raises ValueError where
    the region is empty.
    """
    whole = Box(0.0, 0.0, float(image.width), float(image.height))
    wanted = region if isinstance(region, Region) else Region(region or whole)
    area = wanted.box
    if not (0 < area.width < math.inf and 0 < area.height < math.inf):
        raise ValueError(f"the region {area} of a picture needs a width and a height")
    resample, support = _FILTERS[interpolation]
    if wanted.roll:
        return np.asarray(cut_turned(image, wanted, shape, resample), dtype=np.uint8)
    if min(area.left, area.top) < 0 or area.right > image.width or area.bottom > image.height:
        image, area = _on_black(image, area, shape, support)
    box = (area.left, area.top, area.right, area.bottom)
    return np.asarray(image.resize((shape[1], shape[0]), resample, box=box), dtype=np.uint8)


def _on_black(
    image: Image.Image, area: Box, shape: tuple[int, int], support: int
) -> tuple[Image.Image, Box]:
    """The part of the picture and of the black around it that resampling an area reads.

    A vast area is cut from a halved picture; its output pixels still cover many of those.
    """
    while area.width * area.height > _MAX_AREA_PIXELS:
        image = image.reduce(2)
        area = Box(area.left / 2, area.top / 2, area.right / 2, area.bottom / 2)
    reach_x = support * max(1.0, area.width / shape[1])
    reach_y = support * max(1.0, area.height / shape[0])
    left, top = math.floor(area.left - reach_x), math.floor(area.top - reach_y)
    right, bottom = math.ceil(area.right + reach_x), math.ceil(area.bottom + reach_y)
    shifted = Box(area.left - left, area.top - top, area.right - left, area.bottom - top)
    return image.crop((left, top, right, bottom)), shifted


def normalize(
    batch: NDArray[np.uint8], mean: tuple[float, ...], std: tuple[float, ...]
) -> NDArray[np.float32]:
    """N×H×W×3 bytes to N×3×H×W float32: ``(x / 255 - mean) / std`` per channel.

    Planes are laid out first and computed in place, five times faster than the other way round.
    """
    scale = (1.0 / (255.0 * np.asarray(std))).astype(np.float32)
    offset = (np.asarray(mean) / np.asarray(std)).astype(np.float32)
    values = batch.transpose(0, 3, 1, 2).astype(np.float32, order="C")
    values *= scale[:, None, None]
    values -= offset[:, None, None]
    return values
