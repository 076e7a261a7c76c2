"""Whether validation pictures are face crops as a model takes them, or whole photos."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import Image

from genderlens.bundle import Bundle
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents
from genderlens.detection import Detector
from genderlens.errors import DataError, ImageError
from genderlens.pictures.imaging import decode_image
from genderlens.types import Box, FacePolicy

SAMPLE: Final = 24
LEAST_COVERED: Final = 0.5
"""A face crop and the square that the model cuts around its face are mostly the same."""


def follow_pictures(manifest: Manifest, bundle: Bundle, detector: Detector) -> FacePolicy:
    """``cropped`` for face crops, ``largest`` for photos that show more than the model would cut.

    A sample decides, evenly spaced. Where no face is found in most of it, as in crops too tight for
    a detector, the pictures are taken as they are.
    """
    rows = np.linspace(0, len(manifest) - 1, min(SAMPLE, len(manifest))).astype(int)
    sample = manifest.take(rows.tolist())
    covered = [found for found in _covered(sample, bundle, detector) if found is not None]
    if len(covered) * 2 < len(sample) or statistics.median(covered) >= LEAST_COVERED:
        return "cropped"
    return "largest"


def _covered(manifest: Manifest, bundle: Bundle, detector: Detector) -> Iterator[float | None]:
    """Of each picture its overlap with the square around its largest face; None without one."""
    for content in iterate_contents(manifest):
        if isinstance(content, DataError):
            yield None
            continue
        try:
            yield _overlap(decode_image(content), bundle, detector)
        except ImageError:
            yield None


def _overlap(picture: Image.Image, bundle: Bundle, detector: Detector) -> float | None:
    """On black ground of twice the size, so that a face which fills the picture is found whole."""
    side = 2 * max(picture.size)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    canvas = Image.new("RGB", (side, side))
    canvas.paste(picture, (left, top))
    faces = detector.detect(canvas)
    if not faces:
        return None
    largest = max((face.box for face in faces), key=lambda box: box.area)
    whole = Box(left, top, left + picture.width, top + picture.height)
    return bundle.crop.square(largest).overlap(whole)
