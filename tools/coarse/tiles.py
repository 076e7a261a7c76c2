"""Pictures that teach: scenes and parts of them, pasted faces, groups, portraits, close-ups."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError
from genderlens.export.int8.crops import spread
from genderlens.pictures.imaging import decode_image
from tools.spoiling import Pixels, spoil

FACES: Final = 18_000
_SCENE_PX: Final = 640
_HELD_OUT: Final = 10
"""Every so many-th scene and face is never taught."""
_SMALLEST: Final = 1 / 16
"""Sides of the picture that a pasted face crop has at least; the face is two thirds of that."""
_MOST_FACES: Final = 6
_TURNS: Final = (
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
)
_SMOOTH: Final = Image.Resampling.BILINEAR
_BOX: Final = Image.Resampling.BOX

Share = Literal["taught", "held out"]
Kind = Literal["whole", "part", "faces", "group", "portrait"]
_One = TypeVar("_One")


class CoarseTiles:
    """Draws squares of ``side`` pixels; the same in turn for the same seed."""

    def __init__(
        self,
        crops: Manifest,
        scenes: Path,
        *,
        side: int,
        kinds: Mapping[Kind, float],
        seed: int = 0,
        share: Share = "taught",
    ) -> None:
        """``crops``: face crops; ``scenes``: a folder of JPEGs. Raises DataError without any.

        ``kinds``: how often each is drawn. ``share``: which of both are drawn from; a tenth is held
        out.
        """
        files = sorted(scenes.rglob("*.jpg"))
        if not files:
            raise DataError(f"{scenes} holds no file *.jpg; give a folder of photographs")
        self._scenes = [_read_scene(file) for file in _select(files, share)]
        faces = [*iterate_image_bytes(spread(crops, FACES))]
        self._faces: Sequence[bytes] = _select(faces, share)
        self._side, self._kinds = side, kinds
        self._chance = random.Random(seed)  # noqa: S311

    def draw(self, count: int) -> Pixels:
        """N×side×side×3, red first."""
        return np.stack([self._changed(self._tile()) for _ in range(count)])

    def _tile(self) -> Image.Image:
        (kind,) = self._chance.choices(list(self._kinds), list(self._kinds.values()))
        if kind == "whole":
            return self._whole()
        ground = self._ground() if kind != "part" else self._part()
        if kind == "faces":
            self._paste_many(ground)
        elif kind == "group":
            self._paste_group(ground)
        elif kind == "portrait":
            self._paste(ground, self._chance.uniform(0.35, 1.9))
        return ground

    def _whole(self) -> Image.Image:
        """A scene, or most of one, in a black square at its upper left, as pictures are padded."""
        scene, chance = self._chance.choice(self._scenes), self._chance
        share = chance.uniform(0.6, 1.0) if chance.random() < 0.6 else 1.0
        width, height = scene.width * share, scene.height * share * chance.uniform(0.85, 1.0)
        left, top = chance.uniform(0, scene.width - width), chance.uniform(0, scene.height - height)
        scale = self._side / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = scene.resize(size, _BOX, box=(left, top, left + width, top + height))
        canvas = Image.new("RGB", (self._side, self._side))
        canvas.paste(small, (0, 0))
        return canvas

    def _part(self) -> Image.Image:
        """A square of a scene, from a fifth of it to all."""
        scene, chance = self._chance.choice(self._scenes), self._chance
        taken = min(scene.size) * 2.0 ** chance.uniform(-2.3, 0.0)
        left, top = chance.uniform(0, scene.width - taken), chance.uniform(0, scene.height - taken)
        way = _SMOOTH if taken < 1.5 * self._side else _BOX
        box = (left, top, left + taken, top + taken)
        return scene.resize((self._side, self._side), way, box=box)

    def _ground(self) -> Image.Image:
        """What faces are pasted on: a scene, or one colour that fades into another."""
        if self._chance.random() < 0.75:
            return self._part()
        values = [[self._chance.randrange(256) for _ in range(3)] for _ in range(4)]
        corners = np.asarray(values, np.uint8).reshape(2, 2, 3)
        return Image.fromarray(corners).resize((self._side, self._side), _SMOOTH)

    def _paste_many(self, ground: Image.Image) -> None:
        for _ in range(self._chance.randint(1, _MOST_FACES)):
            self._paste(ground, _SMALLEST ** (self._chance.random() ** 0.8))

    def _paste_group(self, ground: Image.Image) -> None:
        """Two to five faces of about one size, most of them beside each other."""
        chance, count = self._chance, self._chance.randint(2, 5)
        size = chance.uniform(0.16, 1.4 / count)
        for index in range(count):
            x = (index + 0.5) / count + chance.uniform(-0.1, 0.1)
            y = chance.uniform(0.2, 0.8)
            self._paste(ground, size * chance.uniform(0.6, 1.1), (x, y))

    def _paste(
        self, ground: Image.Image, share: float, middle: tuple[float, float] | None = None
    ) -> None:
        """A face crop of such a share of the side, whose middle lies within the picture."""
        chance = self._chance
        size = max(8, round(share * self._side))
        x, y = middle or (chance.uniform(0.15, 0.85), chance.uniform(0.15, 0.85))
        face = self._face(size)
        mask = Image.new("L", face.size, 255)
        if chance.random() < 0.4:
            degrees = chance.uniform(-50, 50)
            face, mask = face.rotate(degrees, _SMOOTH), mask.rotate(degrees, _SMOOTH)
        corner = round(x * self._side - size / 2), round(y * self._side - size / 2)
        ground.paste(face, corner, mask)

    def _face(self, size: int) -> Image.Image:
        """A face crop, mirrored or cut closer."""
        chance = self._chance
        face = decode_image(chance.choice(self._faces))
        cut = chance.uniform(0, 0.2) if chance.random() < 0.4 else 0.0
        across, down = cut * face.width, cut * face.height
        box = (across, down, face.width - across, face.height - down)
        return face.resize((size, size), _BOX if size < face.width // 2 else _SMOOTH, box=box)

    def _changed(self, tile: Image.Image) -> Pixels:
        """Turned, leaning, in other light, compressed and noisy, each now and then."""
        chance = self._chance
        if chance.random() < 0.12:
            tile = tile.transpose(chance.choice(_TURNS))
        if chance.random() < 0.15:
            around = chance.randrange(256), chance.randrange(256), chance.randrange(256)
            tile = tile.rotate(chance.uniform(-50, 50), _SMOOTH, fillcolor=around)
        return spoil(tile, chance)


def _read_scene(file: Path) -> Image.Image:
    scene = Image.open(file).convert("RGB")
    scene.thumbnail((_SCENE_PX, _SCENE_PX), _BOX)
    return scene


def _select(values: Sequence[_One], share: Share) -> list[_One]:
    held_out = share == "held out"
    return [one for index, one in enumerate(values) if (index % _HELD_OUT == 0) == held_out]
