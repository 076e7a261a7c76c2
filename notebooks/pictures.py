"""Labelled pictures for the notebooks: the real ones where they are, else a stand-in.

The stand-in is two faces of scikit-image, cut a little differently each time, one woman and one
man as they are perceived. It shows that everything runs and says nothing about accuracy.
"""

from __future__ import annotations

import csv
import io
import os
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance

_FACES: Final = {
    "female": ("astronaut", (160, 50, 290, 180)),
    "male": ("camera", (195, 85, 275, 165)),
}
_SIDE_PX: Final = 96


def find_source() -> str:
    """The SOURCE that a notebook works on: FairFace below GENDERLENS_DATA_DIR, or the stand-in."""
    folder = Path(os.environ.get("GENDERLENS_DATA_DIR", "")) / "fairface"
    if os.environ.get("GENDERLENS_DATA_DIR") and folder.is_dir():
        return str(folder)
    return write_stand_in(Path("work") / "stand-in")


def write_stand_in(folder: Path, per_label: int = 80) -> str:
    """``labels.csv`` and its pictures, with the attribute ``lighting``; a fifth is for validation.

    Returns the path of the CSV file. Needs scikit-image.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(0)
    rows = []
    for label, (name, box) in _FACES.items():
        photo = _load(name)
        for number in range(per_label):
            bright = number % 2 == 0
            file = f"{label}-{number:03d}.png"
            _cut(photo, box, chance, bright=bright).save(folder / file)
            split = "val" if number % 5 == 0 else "train"
            rows.append((file, label, split, "bright" if bright else "dim"))
    path = folder / "labels.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("file", "label", "split", "lighting"), *rows])
    return str(path)


def portrait() -> bytes:
    """A photo of one woman (Eileen Collins, NASA; from scikit-image) as JPEG."""
    stream = io.BytesIO()
    _load("astronaut").save(stream, "JPEG", quality=92)
    return stream.getvalue()


def _load(name: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage import data

        return Image.fromarray(getattr(data, name)()).convert("RGB")


def _cut(
    photo: Image.Image,
    box: tuple[int, int, int, int],
    chance: np.random.Generator,
    *,
    bright: bool,
) -> Image.Image:
    """The box, shifted, turned and lit by chance, as a square of 96 px."""
    side = box[2] - box[0]
    left, top = (int(shift) for shift in chance.integers(-side // 8, side // 8, 2))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    turned = photo.rotate(float(chance.uniform(-12, 12)), center=middle)
    face = turned.crop((box[0] + left, box[1] + top, box[2] + left, box[3] + top))
    face = face.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BICUBIC)
    light = chance.uniform(0.9, 1.2) if bright else chance.uniform(0.4, 0.6)
    return ImageEnhance.Brightness(face).enhance(float(light))
