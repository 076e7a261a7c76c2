"""One picture, decoded no finer than the step at hand needs.

Detection looks at a small copy, and a large photo is cheap to decode small. Only where a face in it
turns out to be too small for the classifier, the photo is decoded again, finer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from genderlens.bundle import Bundle
from genderlens.pictures.imaging import Decoded, accept_pixels, decode_reduced
from genderlens.types import Box, Detection

if TYPE_CHECKING:
    from PIL.Image import Image

    Content = bytes | Image
    """An encoded picture, or pixels that are upright and RGB already."""

DETECTION_MARGIN: Final = 1.0
"""Pixels of the decoded side per pixel that the finest look sees."""
CROPPED_MARGIN: Final = 2.0
"""Pixels of the decoded side per pixel that the classifier sees, where all of it is the face."""
CLASSIFIER_MARGIN: Final = 1.0
"""Pixels across a decoded face crop per pixel that the classifier sees."""


def coarsest_scale(
    bundles: Sequence[Bundle], size: tuple[int, int], faces: Sequence[Detection | None]
) -> float:
    """Pixels of a picture of ``size`` (width, height) per decoded pixel that every bundle can bear.

    ``faces`` are in pixels of that picture; None: the whole of it is the face.
    """
    whole = Box(0.0, 0.0, float(size[0]), float(size[1]))
    scales = []
    for bundle in bundles:
        height, width = bundle.description.input.shape
        for face in faces:
            region = bundle.crop.around(face).box if face else whole
            scales.append(min(region.width / width, region.height / height))
    return min(scales) / CLASSIFIER_MARGIN


class Photo:
    """Pixels at the scale asked for last; boxes outside are in pixels of the upright original."""

    def __init__(self, content: Content, *, max_pixels: int, enough_px: int | None) -> None:
        """``enough_px``: what the longer side needs now; None: all there is. Raises ImageError."""
        self._content, self._max_pixels = content, max_pixels
        self._decoded = self._decode(enough_px)

    @property
    def image(self) -> Image:
        """The decoded pixels."""
        return self._decoded.image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright original."""
        return self._decoded.full_size

    def refine(self, scale: float) -> None:
        """Decode anew unless a pixel covers at most ``scale`` pixels of the original."""
        if self._decoded.image.size != self.size and self._decoded.scale > scale:
            self._decoded = self._decode(int(-(-max(self.size) // max(scale, 1.0))))

    def to_original(self, found: Sequence[Detection]) -> list[Detection]:
        """Detections in the decoded pixels, in those of the original."""
        return [one.scaled(*self._ratio) for one in found]

    def from_original(self, found: Sequence[Detection | None]) -> list[Detection | None]:
        """Detections in pixels of the original, in those decoded; None stays."""
        across, down = self._ratio
        return [one and one.scaled(1.0 / across, 1.0 / down) for one in found]

    @property
    def _ratio(self) -> tuple[float, float]:
        return self.size[0] / self.image.width, self.size[1] / self.image.height

    def _decode(self, enough_px: int | None) -> Decoded:
        if not isinstance(self._content, bytes):
            return accept_pixels(self._content, max_pixels=self._max_pixels)
        return decode_reduced(self._content, max_pixels=self._max_pixels, enough_px=enough_px)
