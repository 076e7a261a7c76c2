"""Decoders that hold no more memory than a first frame needs, and its pixels as RGB.

Pillow keeps what decoded a WebP or an AVIF for the frames that may come, and converts a whole
picture at a time. Here the decoder goes as soon as it has given the first frame, and pictures with
transparency or 16 bits are converted in bands of rows: the same values, half the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.WebPImagePlugin import WebPImageFile

_BACKGROUND: Final = (255, 255, 255)
_BAND_PIXELS: Final = 1_000_000


class WebpFrame(WebPImageFile):
    """The first frame of a WebP, whose decoder is released before the pixels are laid out."""

    def _get_next(self) -> tuple[bytes, int, int]:
        frame = super()._get_next()
        self._decoder: Any = None
        return frame

    def load(self) -> Any:
        """As the parent's; the decoder's copy of the pixels goes."""
        access = super().load()
        self.fp = None
        return access


class AvifFrame(AvifImageFile):
    """The first frame of an AVIF, whose decoder is released before the pixels are laid out."""

    def load(self) -> Any:
        """As the parent's; the decoder and its copy of the pixels go."""
        if self.tile:
            frame = self._decoder.get_frame(0)
            self._decoder: Any = _Decoded(frame)
        access = super().load()
        self._decoder, self.fp = None, None
        return access


class _Decoded:
    """Stands in for a decoder that is gone: gives the frame that it left, once."""

    def __init__(self, frame: tuple[bytes, int, int, int]) -> None:
        self._frames = [frame]

    def get_frame(self, _: int) -> tuple[bytes, int, int, int]:
        return self._frames.pop()


def to_rgb(image: Image.Image) -> Image.Image:
    """The pixels in RGB, transparent parts white, 16-bit samples scaled to 8.

    A picture that is RGB already comes back as it is.
    """
    if image.mode == "I;16":
        return _in_bands(image, _from_deep_grey)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        return _in_bands(image, _on_white)
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_bands(image: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    canvas = Image.new("RGB", image.size, None)
    for box in _bands(image.size):
        canvas.paste(convert(image.crop(box)), box)
    return canvas


def _bands(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    width, height = size
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield 0, top, width, min(height, top + rows)


def _on_white(band: Image.Image) -> Image.Image:
    layer = band if band.mode == "RGBA" else band.convert("RGBA")
    ground = Image.new("RGB", layer.size, _BACKGROUND)
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _from_deep_grey(band: Image.Image) -> Image.Image:
    """16-bit grey scaled to 8 bits, where Pillow's own conversion would clip."""
    values = np.asarray(band, dtype=np.uint32)
    grey = ((values + 128) // 257).astype(np.uint8)
    if "transparency" in band.info:
        grey[values == band.info["transparency"]] = 255
    return Image.fromarray(grey).convert("RGB")
