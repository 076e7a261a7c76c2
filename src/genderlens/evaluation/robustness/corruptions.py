"""Ways in which a photograph is worse than it could be, each in a few steps.

After Hendrycks & Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and
Perturbations", ICLR 2019, with steps in units of the face, so that pictures of all sizes compare.
Adding a corruption is one function under ``@corruption``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from genderlens.evaluation.robustness.occlusions import draw_mask, draw_sunglasses
from genderlens.types import Box

Apply = Callable[[Image.Image, Box, float, np.random.Generator], Image.Image]

CORRUPTIONS: Final[dict[str, Corruption]] = {}
"""Name → corruption, in the order of the report."""

_FULL_WELL: Final = 2000.0
"""Photons of a white pixel in full light; a small sensor's."""
_JPEG: Final = "jpeg"


@dataclass(frozen=True)
class Corruption:
    """``levels`` run from mild to severe; ``unit`` says with ``{}`` what a level means."""

    name: str
    unit: str
    levels: tuple[float, ...]
    apply: Apply

    def caption(self, level: float) -> str:
        """A level for people, like ``quality 10``."""
        return self.unit.format(level)

    def encode(self, image: Image.Image, face: Box, level: float, seed: int) -> bytes:
        """The encoded bytes of the worsened picture; the same for the same seed.

        ``face`` is its box in pixels. PNG, which loses nothing more, but where JPEG is the point.
        """
        worse = self.apply(image, face, level, np.random.default_rng(seed))
        if self.name == _JPEG:
            return _encode(worse, "JPEG", quality=int(level))
        return _encode(worse, "PNG", compress_level=1)


def corruption(unit: str, *levels: float) -> Callable[[Apply], Apply]:
    """Register the function below under its own name."""

    def register(apply: Apply) -> Apply:
        name = apply.__name__.replace("_", " ")
        CORRUPTIONS[name] = Corruption(name, unit, levels, apply)
        return apply

    return register


def steps() -> Iterator[tuple[Corruption, float]]:
    """Every corruption with each of its levels."""
    for entry in CORRUPTIONS.values():
        yield from ((entry, level) for level in entry.levels)


@corruption("by {:.0%} of face", 0.01, 0.02, 0.04, 0.06, 0.08)
def blur(image: Image.Image, face: Box, level: float, _: np.random.Generator) -> Image.Image:
    """Gaussian; ``level`` is its standard deviation as a share of the face's height."""
    return image.filter(ImageFilter.GaussianBlur(level * face.height))


@corruption("±{:.0f} of 255", 10, 20, 40, 60, 80)
def noise(image: Image.Image, _: Box, level: float, rng: np.random.Generator) -> Image.Image:
    """Gaussian, independent in every pixel and channel; ``level`` is its standard deviation."""
    pixels = np.asarray(image, dtype=np.float32)
    return _image(pixels + level * rng.standard_normal(pixels.shape, dtype=np.float32))


@corruption("quality {:.0f}", 50, 30, 15, 8, 4)
def jpeg(image: Image.Image, _: Box, __: float, ___: np.random.Generator) -> Image.Image:
    """Strong compression; ``level`` is libjpeg's quality, at which ``encode`` writes."""
    return image


@corruption("1/{:.0f} of the light", 4, 16, 64, 256)
def low_light(image: Image.Image, _: Box, level: float, rng: np.random.Generator) -> Image.Image:
    """So many times less light, in linear intensity, with the shot noise of what is left."""
    linear = _to_linear(np.asarray(image, dtype=np.float32) / 255.0)
    photons = rng.poisson(linear * (_FULL_WELL / level))
    return _image(255.0 * _to_srgb(photons.astype(np.float32) / _FULL_WELL))


@corruption("{:.0f}° to the left", 15, 30, 45, 60, 90)
def tilt_left(image: Image.Image, face: Box, level: float, _: np.random.Generator) -> Image.Image:
    """Anticlockwise about the middle of the face, black where there is no picture."""
    return image.rotate(level, Image.Resampling.BICUBIC, center=face.center)


@corruption("{:.0f}° to the right", 15, 30, 45, 60, 90)
def tilt_right(image: Image.Image, face: Box, level: float, _: np.random.Generator) -> Image.Image:
    """Clockwise, likewise."""
    return image.rotate(-level, Image.Resampling.BICUBIC, center=face.center)


@corruption("whole picture by {:.0f}°", 90, 270, 180)
def turned(image: Image.Image, _: Box, level: float, __: np.random.Generator) -> Image.Image:
    """Anticlockwise, as a camera leaves it that notes no orientation; nothing is lost."""
    return image.rotate(level, expand=True)


@corruption("by {:.0%} of face", 0.02, 0.05, 0.1)
def nudged(image: Image.Image, face: Box, level: float, rng: np.random.Generator) -> Image.Image:
    """Cut at two edges and scaled by a hair, as re-encoding does: the face's box moves with it.

    Nothing of the face is lost, so every label that changes is the system's own doing.
    """
    side = (face.width * face.height) ** 0.5
    left, top = (float(rng.uniform(0.0, level)) * side for _ in "xy")
    left, top = min(left, max(0.0, face.left)), min(top, max(0.0, face.top))
    scale = 1.0 + float(rng.uniform(-level, level))
    size = (
        max(1, round((image.width - left) * scale)),
        max(1, round((image.height - top) * scale)),
    )
    box = (left, top, float(image.width), float(image.height))
    return image.resize(size, Image.Resampling.BICUBIC, box=box)


@corruption("lower {:.0%} of face", 0.35, 0.45, 0.55)
def mask(image: Image.Image, face: Box, level: float, rng: np.random.Generator) -> Image.Image:
    """A cloth over mouth and nose; ``level`` is the share of the face below its edge."""
    return draw_mask(image, face, level, rng)


@corruption("lens {:.0%} of face", 0.16, 0.22, 0.3)
def sunglasses(image: Image.Image, face: Box, level: float, _: np.random.Generator) -> Image.Image:
    """Dark glasses; ``level`` is the height of a lens as a share of the face's."""
    return draw_sunglasses(image, face, level)


@corruption("face {:.0f} px high", 160, 80, 48, 32, 24, 16)
def low_resolution(
    image: Image.Image, face: Box, level: float, _: np.random.Generator
) -> Image.Image:
    """Taken from far away: the picture is scaled down, never up, to so high a face."""
    ratio = min(1.0, level / face.height)
    size = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
    return image.resize(size, Image.Resampling.BICUBIC)


@corruption("{:.0%} of the colour", 0.5, 0.25, 0.0)
def grey(image: Image.Image, _: Box, level: float, __: np.random.Generator) -> Image.Image:
    """``level`` is the saturation that is left."""
    return ImageEnhance.Color(image).enhance(level)


def _image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _to_linear(value: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1 (sRGB) to linear intensity, both 0..1."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _to_srgb(value: np.ndarray) -> np.ndarray:
    value = np.clip(value, 0.0, 1.0)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def _encode(image: Image.Image, kind: str, **options: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
