"""Pictures that set the ranges of INT8: scenes, scenes with faces pasted in, and faces in rows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.export.int8.crops import spread
from genderlens.pictures.imaging import decode_image

SIDE_PX: Final = 480
SHAPES: Final = ((480, 480), (480, 352), (352, 480))
"""Width and height of a scene, as the finest look sees it."""
PLAIN: Final = 60
PASTED: Final = 60
ROWS: Final = 24
_FACES: Final = 400
_MOST_PASTED: Final = 6
_SMALLEST_PX: Final = 24
"""Of a pasted crop; the largest is ten times as wide."""

Pictures = NDArray[np.float32]


def draw_scenes(crops: Manifest, scenes: Path, seed: int = 0) -> list[Pictures]:
    """Batches 1×3×H×W, 0..255, in an order that mixes the kinds; the same for the same seed.

    ``crops`` are face crops, ``scenes`` a folder of JPEGs.
    """
    return _Drawing(crops, scenes, random.Random(seed)).draw()  # noqa: S311


class _Drawing:
    def __init__(self, crops: Manifest, scenes: Path, chance: random.Random) -> None:
        self._chance = chance
        self._files = sorted(scenes.glob("*.jpg"))
        chance.shuffle(self._files)
        self._faces = [decode_image(one) for one in iterate_image_bytes(spread(crops, _FACES))]

    def draw(self) -> list[Pictures]:
        drawn = [self._scene(file) for file in self._files[:PLAIN]]
        drawn += [self._pasted(file) for file in self._files[PLAIN : PLAIN + PASTED]]
        drawn += [self._rows(1 + index % 4) for index in range(ROWS)]
        self._chance.shuffle(drawn)
        return [np.asarray(one, np.float32).transpose(2, 0, 1)[None] for one in drawn]

    def _scene(self, file: Path) -> Image.Image:
        image = Image.open(file).convert("RGB")
        return image.resize(self._chance.choice(SHAPES), Image.Resampling.BILINEAR)

    def _pasted(self, file: Path) -> Image.Image:
        image = self._scene(file)
        for _ in range(self._chance.randint(1, _MOST_PASTED)):
            side = int(_SMALLEST_PX * (10 ** self._chance.uniform(0, 1)))
            face = self._resized(self._chance.choice(self._faces), side)
            image.paste(face, (self._place(image.width - side), self._place(image.height - side)))
        return image

    def _rows(self, count: int) -> Image.Image:
        canvas, side = Image.new("RGB", (SIDE_PX, SIDE_PX)), SIDE_PX // count
        for place in range(count * count):
            face = self._resized(self._chance.choice(self._faces), side)
            canvas.paste(face, (place % count * side, place // count * side))
        return canvas

    def _resized(self, face: Image.Image, side: int) -> Image.Image:
        return face.resize((side, side), Image.Resampling.BILINEAR)

    def _place(self, room: int) -> int:
        return self._chance.randrange(max(1, room))
