"""Real photographs that need no download, as encoded bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image

STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera stores the upright picture under each orientation."""


@cache
def portrait() -> Image.Image:
    """One woman (Eileen Collins, NASA), 512×512."""
    return _skimage("astronaut")


@cache
def landscapes() -> dict[str, Image.Image]:
    """Photographs without a person."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sklearn.datasets import load_sample_images

        china, flower = load_sample_images().images
    return {
        "cat": _skimage("cat"),
        "coffee": _skimage("coffee"),
        "temple": Image.fromarray(china),
        "flower": Image.fromarray(flower),
    }


def crowd(count: int) -> Image.Image:
    """The portrait several times, side by side."""
    return Image.fromarray(np.concatenate([np.asarray(portrait())] * count, axis=1))


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The encoded bytes of a picture."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _skimage(name: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import skimage.data

        load: Callable[[], np.ndarray] = getattr(skimage.data, name)
        return Image.fromarray(load())
