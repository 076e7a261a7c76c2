"""Figures of what a classifier looks at: few, cheap, and telling when a camera or crowd changes.

Taken from the region of a face, scaled to one small size, so that they do not depend on how large
pictures are; that is told by the side of the region alone. No figure tells who is in the picture.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from genderlens.bundle import Bundle
from genderlens.inference.photo import Photo
from genderlens.pictures.imaging import RgbArray
from genderlens.types import Box, Detection, Prediction

INPUTS: Final = ("brightness", "contrast", "sharpness", "saturation", "side", "confidence")
"""What is measured of every face; ``side`` in pixels of the picture as sent, others 0 to 1."""
_SIZE_PX: Final = 64
_LUMA: Final = np.asarray((0.299, 0.587, 0.114), dtype=np.float32) / 255.0
"""Weights of ITU-R BT.601."""


def measure_faces(bundle: Bundle, photo: Photo, answer: Prediction) -> list[dict[str, float]]:
    """INPUTS of each answered face, as the bundle cuts it out of the photo of the answer.

    What lies beyond the picture is left out; an answer without faces measures nothing.
    """
    measured = []
    faces = [result.detection for result in answer.faces]
    decoded = photo.from_original(faces)
    for face, small, result in zip(faces, decoded, answer.faces, strict=True):
        region = _region(bundle, face, photo.size)
        told = {"side": min(region.width, region.height), "confidence": result.confidence}
        pixels = _pixels(photo.image, _region(bundle, small, photo.image.size))
        measured.append(measure_pixels(pixels) | told)
    return measured


def measure_pixels(pixels: RgbArray) -> dict[str, float]:
    """Brightness, contrast, sharpness and saturation of height × width × 3 pixels, each 0 to 1.

    Contrast is the standard deviation of brightness (Peli, "Contrast in complex images", 1990);
    sharpness that of its Laplacian, whose variance is the measure of focus of Pech-Pacheco et al.,
    "Diatom autofocusing in brightfield microscopy", ICPR 2000; saturation the mean of HSV's.
    """
    luma = pixels.astype(np.float32) @ _LUMA
    across = luma[1:-1, :-2] + luma[1:-1, 2:]
    laplacian = across + luma[:-2, 1:-1] + luma[2:, 1:-1] - 4.0 * luma[1:-1, 1:-1]
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    most = np.maximum(np.maximum(red, green), blue).astype(np.float32)
    least = np.minimum(np.minimum(red, green), blue).astype(np.float32)
    return {
        "brightness": float(luma.mean()),
        "contrast": float(luma.std()),
        "sharpness": min(1.0, float(laplacian.std())),
        "saturation": float(((most - least) / np.maximum(most, 1.0)).mean()),
    }


def _region(bundle: Bundle, face: Detection | None, size: tuple[int, int]) -> Box:
    return bundle.crop.around(face).box if face else Box(0.0, 0.0, float(size[0]), float(size[1]))


def _pixels(image: Image.Image, region: Box) -> RgbArray:
    """What of the region lies in the picture, scaled in two steps, of which the first is cheap."""
    left = min(max(0.0, region.left), image.width - 1.0)
    top = min(max(0.0, region.top), image.height - 1.0)
    right = min(max(region.right, left + 1.0), float(image.width))
    bottom = min(max(region.bottom, top + 1.0), float(image.height))
    scaled = image.resize(
        (_SIZE_PX, _SIZE_PX),
        Image.Resampling.BILINEAR,
        box=(left, top, right, bottom),
        reducing_gap=1.5,
    )
    return np.asarray(scaled, dtype=np.uint8)
