"""Real photographs to send: from the labelled ones where they are, else what scikit-image has."""

from __future__ import annotations

import io
import random
import warnings
from pathlib import Path

from PIL import Image

from genderlens.settings import load_settings

COUNT = 60


def load_photos() -> list[bytes]:
    """Encoded pictures, some of which the service refuses with good reason."""
    folder = load_settings().data_dir
    return _from_folder(folder) if folder else _from_skimage()


def _from_folder(folder: Path) -> list[bytes]:
    """A mix of faces and everyday scenes, the same in every run."""
    chosen = random.Random(0)  # noqa: S311 - nothing secret
    photos = []
    for part in ("celeba/img_align_celeba", "coco/images"):
        files = sorted((folder / part).rglob("*.jpg"))
        photos += [file.read_bytes() for file in chosen.sample(files, min(COUNT // 2, len(files)))]
    return photos


def _from_skimage() -> list[bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage import data

        pictures = [Image.fromarray(load()) for load in (data.astronaut, data.cat, data.coffee)]
    sides = (178, 256, 512, 1000)
    woman, *others = pictures
    return [_jpeg(woman.resize((side, side))) for side in sides] + [_jpeg(one) for one in others]


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()
