"""Pictures that choices about crops may be made on: none of them judges, none taught the network.

Faces are those of FairFace's training part that were held out of the training and calibrated the
shipped bundle; scenes are one half of Open Images. FairFace's validation part and CelebA are for
judging alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from genderlens.bundle import Bundle
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.export.renew import divide_for_bundle

SPLIT: Final = "calibration"
MARGIN: Final = 0.5
"""What is put around a face crop on each side, in its own sides."""


@dataclass(frozen=True)
class Labelled:
    """A picture, who is in it, and where it comes from."""

    image: Image.Image
    label: str
    name: str


def held_out_faces(data: Path, bundle: Bundle, *, every: int = 1) -> Iterator[Labelled]:
    """FairFace's crops that taught nothing, upright as its authors cut them."""
    manifest = divide_for_bundle(bundle, read_source(str(data / "fairface")), SPLIT).select(SPLIT)
    yield from _read(manifest, every)


def judging_faces(data: Path, *, every: int = 1) -> Iterator[Labelled]:
    """FairFace's validation part."""
    yield from _read(read_source(str(data / "fairface")).select("val"), every)


def scenes(data: Path, *, choosing: bool = True, every: int = 1) -> Iterator[Labelled]:
    """One half of Open Images, by a hash of the file's name; its labels are weak."""
    folder = data / "openimages"
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if _is_first_half(row["file"]) == choosing]
    for row in rows[::every]:
        image = Image.open(folder / "images" / row["file"]).convert("RGB")
        yield Labelled(image, row["label"], row["file"])


def surrounded(crop: Image.Image, margin: float = MARGIN) -> Image.Image:
    """The crop with its outermost pixels drawn out on every side, so that no edge tells of it."""
    across, down = (math.ceil(margin * side) for side in crop.size)
    values = np.pad(np.asarray(crop), ((down, down), (across, across), (0, 0)), "edge")
    return Image.fromarray(values)


def leaning(picture: Image.Image, degrees: float, *, size: tuple[int, int]) -> Image.Image:
    """The middle of the picture, turned clockwise."""
    turned = picture.rotate(-degrees, Image.Resampling.BICUBIC) if degrees else picture
    left, top = ((mine - wanted) // 2 for mine, wanted in zip(picture.size, size, strict=True))
    return turned.crop((left, top, left + size[0], top + size[1]))


def _is_first_half(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] < 128


def _read(manifest: Manifest, every: int) -> Iterator[Labelled]:
    chosen = manifest.take(list(range(0, len(manifest), every)))
    columns = zip(iterate_image_bytes(chosen), chosen.labels, chosen.uris, strict=True)
    for content, label, uri in columns:
        yield Labelled(Image.open(io.BytesIO(content)).convert("RGB"), str(label), uri)
