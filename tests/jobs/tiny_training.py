"""The least that the real trainer can be given: a recipe of seconds and a few pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

import photos

RECIPE = """
name: tiny
seed: 3
data: {calibration_fraction: 0.45, store_px: 40}
model: {architecture: compact_resnet, options: {channels: [8, 8, 8, 8]}}
input: {size_px: 32}
phases: [{epochs: 4}]
optim: {batch_size: 8, learning_rate: 0.05}
"""


def tinted_portraits(folder: Path) -> Path:
    """Crops of one portrait, told apart by a tint."""
    rng = np.random.default_rng(1)
    face = np.asarray(photos.portrait().crop((150, 40, 300, 190))).astype(int)
    for split, count in (("train", 12), ("calibration", 4), ("val", 4)):
        for label, tint in (("female", (50, 0, 0)), ("male", (0, 0, 50))):
            place = folder / split / label
            place.mkdir(parents=True)
            for index in range(count):
                noisy = face + rng.integers(0, 30, face.shape) + np.asarray(tint)
                picture = np.clip(noisy, 0, 255).astype(np.uint8)
                Image.fromarray(picture).save(place / f"{index}.png")
    return folder
