"""Pictures as cameras and networks leave them: in other light, compressed and noisy."""

from __future__ import annotations

import io
import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

Pixels = NDArray[np.uint8]


def spoil(image: Image.Image, chance: random.Random) -> Pixels:
    """H×W×3 of an RGB picture, each change now and then."""
    image = _relit(image, chance)
    if chance.random() < 0.15:
        image = _compressed(image, chance.randint(25, 70))
    pixels = np.asarray(image)
    if chance.random() < 0.1:
        noise = np.random.default_rng(chance.randrange(1 << 30))
        pixels = pixels + noise.normal(0, chance.uniform(3, 14), pixels.shape)
    changed: Pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return changed


def _relit(image: Image.Image, chance: random.Random) -> Image.Image:
    if chance.random() < 0.35:
        image = ImageEnhance.Brightness(image).enhance(chance.uniform(0.5, 1.4))
    if chance.random() < 0.3:
        image = ImageEnhance.Color(image).enhance(chance.choice([0.0, 0.5, 1.5]))
    if chance.random() < 0.25:
        image = ImageEnhance.Contrast(image).enhance(chance.uniform(0.6, 1.4))
    return image


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")
