"""Pictures that teach the detector: parts and whole of scenes, faces pasted in, and mosaics.

Every size of face occurs in each, as the shipped plan of looks shows pictures at 128 to 480 pixels.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError
from genderlens.export.int8.crops import spread
from genderlens.pictures.imaging import decode_image
from tools.spoiling import Pixels, spoil

SIDE_PX: Final = 256
FACES: Final = 9_000
_TURNS: Final = (
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
)
_SMALLEST_FACE_PX: Final = 10
_MOST_FACES: Final = 7
_SMOOTH: Final = Image.Resampling.BILINEAR


class Tiles:
    """Draws squares of ``side`` pixels; the same in turn for the same seed."""

    def __init__(
        self, crops: Manifest, scenes: Path, *, side: int = SIDE_PX, seed: int = 0
    ) -> None:
        """``crops``: face crops; ``scenes``: a folder of JPEGs. Raises DataError without any."""
        files = sorted(scenes.rglob("*.jpg"))
        if not files:
            raise DataError(f"{scenes} holds no file *.jpg; give a folder of photographs")
        self._scenes = [Image.open(file).convert("RGB") for file in files]
        self._faces: Sequence[bytes] = [*iterate_image_bytes(spread(crops, FACES))]
        self._side = side
        self._chance = random.Random(seed)  # noqa: S311

    def draw(self, count: int) -> Pixels:
        """N×side×side×3, red first."""
        return np.stack([self._changed(self._tile()) for _ in range(count)])

    def state(self) -> Any:
        """Where its random numbers stand."""
        return self._chance.getstate()

    def restore(self, state: Any) -> None:
        """Go on from what ``state`` gave."""
        self._chance.setstate(state)

    def _tile(self) -> Image.Image:
        kind = self._chance.random()
        if kind < 0.36:
            return self._part(self._side)
        if kind < 0.52:
            return self._whole(self._side)
        return self._with_faces() if kind < 0.76 else self._mosaic()

    def _part(self, side: int) -> Image.Image:
        """A square of a scene, at 0.4 to 2.2 times its size."""
        scene = self._chance.choice(self._scenes)
        taken = min(*scene.size, side * 2.0 ** self._chance.uniform(-1.3, 1.15))
        left = self._chance.uniform(0, scene.width - taken)
        top = self._chance.uniform(0, scene.height - taken)
        way = _SMOOTH if taken < 1.5 * side else Image.Resampling.BOX
        return scene.resize((side, side), way, box=(left, top, left + taken, top + taken))

    def _whole(self, side: int) -> Image.Image:
        """A scene in a black square, at one of its corners, as small pictures are filled up."""
        scene = self._chance.choice(self._scenes)
        scale = side / max(scene.size)
        size = max(1, round(scene.width * scale)), max(1, round(scene.height * scale))
        small = scene.resize(size, Image.Resampling.BOX)
        corner = (0, 0) if self._chance.random() < 0.6 else (side - size[0], side - size[1])
        canvas = Image.new("RGB", (side, side))
        canvas.paste(small, corner)
        return canvas

    def _with_faces(self) -> Image.Image:
        """A scene with faces of all sizes pasted in, some reaching beyond it."""
        side = self._side
        canvas = self._whole(side) if self._chance.random() < 0.3 else self._part(side)
        for _ in range(self._chance.randint(1, _MOST_FACES)):
            times = (side / _SMALLEST_FACE_PX) ** (self._chance.random() ** 1.2)
            size = int(_SMALLEST_FACE_PX * times)
            canvas.paste(self._face(size), (self._beyond(size), self._beyond(size)))
        return canvas

    def _beyond(self, size: int) -> int:
        return self._chance.randint(-size // 4, self._side - size * 3 // 4)

    def _mosaic(self) -> Image.Image:
        """Four pictures as a coarse look has them: whole scenes, portraits, and parts."""
        half = self._side // 2
        canvas = Image.new("RGB", (self._side, self._side))
        for corner in ((0, 0), (half, 0), (0, half), (half, half)):
            canvas.paste(self._small(half), corner)
        return canvas

    def _small(self, side: int) -> Image.Image:
        kind = self._chance.random()
        if kind < 0.45:
            return self._whole(side)
        small = self._part(side)
        if kind < 0.7:
            size = int(side * self._chance.uniform(0.7, 1.6))
            room = min(0, side - size), max(0, side - size)
            small.paste(
                self._face(size), (self._chance.randint(*room), self._chance.randint(*room))
            )
        return small

    def _face(self, size: int) -> Image.Image:
        """A face crop, mirrored, leaning or cut closer."""
        face = decode_image(self._chance.choice(self._faces))
        if self._chance.random() < 0.5:
            face = face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if self._chance.random() < 0.3:
            face = face.rotate(self._chance.uniform(-40, 40), _SMOOTH)
        cut = self._chance.uniform(0, 0.22) if self._chance.random() < 0.4 else 0.0
        across, down = cut * face.width, cut * face.height
        box = (across, down, face.width - across, face.height - down)
        way = Image.Resampling.BOX if size < face.width // 2 else _SMOOTH
        return face.resize((size, size), way, box=box)

    def _changed(self, tile: Image.Image) -> Pixels:
        """Turned, in other light, compressed and noisy, each now and then."""
        chance = self._chance
        return spoil(self._turned(tile), chance)

    def _turned(self, tile: Image.Image) -> Image.Image:
        """Mirrored, turned by quarters, and leaning before some colour."""
        chance = self._chance
        if chance.random() < 0.5:
            tile = tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if chance.random() < 0.25:
            tile = tile.transpose(chance.choice(_TURNS))
        if chance.random() < 0.35:
            around = chance.randrange(256), chance.randrange(256), chance.randrange(256)
            tile = tile.rotate(chance.uniform(-50, 50), _SMOOTH, fillcolor=around)
        return tile
