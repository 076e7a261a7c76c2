"""Squares around faces, seen as coarsely as they come, and where the detector says they lie."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection.faces import CenterFace
from genderlens.detection.networks.inputs import cut_squares
from genderlens.export.int8.crops import spread
from genderlens.pictures.imaging import decode_image
from genderlens.pictures.regions import Region, square_around
from genderlens.storage import replacing
from genderlens.types import Box, Detection, Landmarks
from tools.refinement.network import OUTPUTS, SIDE_PX

LESSONS: Final = "squares.npz"
SQUARE: Final = 1.5
"""Sides of the face that a square has; a published face crop has as many."""
_LOOK_SQUARE: Final = 2.0
"""What the detector is shown, in sides of the face; as ``looks.json`` has it."""
_LOOKS: Final = 3
"""How often the detector looks at a face, from squares that differ: their mean teaches."""
_LOOK_MOVED: Final = 0.05
_MOVED: Final = 0.06
"""Standard deviation of a coarse box's centre, in sides of the face, and of the log of its side."""
_SCALED: Final = 0.12
_LEAST_SCORE: Final = 0.5
_LEAST_OVERLAP: Final = 0.3
_SMALLEST_PX: Final = 24.0
_OF_CROP: Final = 6
"""Squares of a face out of a crop, and of one in a scene."""
_OF_SCENE: Final = 12
_MOST_FACES: Final = 4
"""Of a scene: the largest."""
_OF_NOBODY: Final = 2
_SCENE_PX: Final = 480
_HELD_OUT: Final = 10


@dataclass(frozen=True, slots=True)
class RefinementLessons:
    """``squares`` N×64×64×3 bytes and ``targets`` N×15: found (0 or 1), box and points."""

    squares: NDArray[np.uint8]
    targets: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Keep them in a file."""
        with replacing(path) as partial, partial.open("wb") as stream:
            np.savez(stream, squares=self.squares, targets=self.targets)

    @classmethod
    def load(cls, path: Path) -> RefinementLessons:
        """What ``save`` kept."""
        with np.load(path) as found:
            return cls(found["squares"], found["targets"])

    def split(self, share: float) -> tuple[RefinementLessons, RefinementLessons]:
        """All but the last of them, and such a share of the last."""
        at = len(self.squares) - max(1, round(share * len(self.squares)))
        first = RefinementLessons(self.squares[:at], self.targets[:at])
        return first, RefinementLessons(self.squares[at:], self.targets[at:])


def draw_lessons(crops: Manifest, scenes: Path, count: int, seed: int) -> RefinementLessons:
    """Lessons of ``count`` face crops pasted into scenes, and of every face in the scenes."""
    return _Drawing(scenes, random.Random(seed)).draw(spread(crops, count))  # noqa: S311


class _Drawing:
    def __init__(self, scenes: Path, chance: random.Random) -> None:
        self._chance = chance
        self._detector = CenterFace()
        files = sorted(scenes.rglob("*.jpg"))
        self._scenes = [
            Image.open(file).convert("RGB") for n, file in enumerate(files) if n % _HELD_OUT
        ]
        self._squares: list[NDArray[np.uint8]] = []
        self._targets: list[list[float]] = []

    def draw(self, crops: Manifest) -> RefinementLessons:
        contents = iterate_image_bytes(crops)
        for content in tqdm(contents, total=len(crops), desc="crops", unit="face"):
            picture, box = self._paste(decode_image(content))
            self._teach(picture, box, _OF_CROP)
        for scene in tqdm(self._scenes, desc="scenes", unit="photo"):
            for box in self._faces_of(scene):
                self._teach(scene, box, _OF_SCENE)
            self._teach_nothing(scene)
        return RefinementLessons(np.stack(self._squares), np.asarray(self._targets, np.float32))

    def _paste(self, crop: Image.Image) -> tuple[Image.Image, Box]:
        """A part of a scene with a face crop, leaning or near an edge, and about where it is."""
        chance = self._chance
        side = int(chance.uniform(60, 260))
        size = int(side * chance.uniform(1.2, 2.5))
        ground = self._part(size)
        if chance.random() < 0.5:
            crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        face = crop.resize((side, side), Image.Resampling.LANCZOS)
        mask = Image.new("L", face.size, 255)
        if chance.random() < 0.5:
            degrees = chance.uniform(-25, 25)
            face, mask = (one.rotate(degrees, Image.Resampling.BICUBIC) for one in (face, mask))
        beyond = side // 8 if chance.random() < 0.3 else 0
        room = max(0, size - side)
        left, top = (chance.randint(-beyond, room + beyond) for _ in range(2))
        ground.paste(face, (left, top), mask)
        inner = side / 2 / SQUARE
        x, y = left + side / 2, top + side / 2
        return ground, Box(x - inner, y - inner, x + inner, y + inner)

    def _part(self, size: int) -> Image.Image:
        scene = self._chance.choice(self._scenes)
        taken = min(*scene.size, size * self._chance.uniform(0.7, 2.0))
        left = self._chance.uniform(0, scene.width - taken)
        top = self._chance.uniform(0, scene.height - taken)
        box = (left, top, left + taken, top + taken)
        return scene.resize((size, size), Image.Resampling.BILINEAR, box=box)

    def _faces_of(self, scene: Image.Image) -> Iterator[Box]:
        faces = sorted(self._detector.detect(scene), key=lambda one: -one.box.area)
        for face in faces[:_MOST_FACES]:
            if face.box.area**0.5 >= _SMALLEST_PX:
                yield face.box

    def _teach(self, picture: Image.Image, about: Box, count: int) -> None:
        """Squares about the face there, once the detector has looked at it from near."""
        first = self._look(picture, [about])
        if first is None:
            return
        seen = self._look(picture, [self._moved(first.box, _LOOK_MOVED) for _ in range(_LOOKS)])
        if seen is None:
            return
        for _ in range(count):
            box = self._moved(seen.box, _MOVED, _SCALED)
            self._add(picture, square_around(box, SQUARE), seen)

    def _look(self, picture: Image.Image, boxes: Sequence[Box]) -> Detection | None:
        """The mean of what is seen near each of the boxes; None unless each look is sure."""
        squares = [Region(square_around(box, _LOOK_SQUARE)) for box in boxes]
        seen: list[Detection] = []
        looks = self._detector.look_closer(picture, squares, _LEAST_SCORE)
        for box, found in zip(boxes, looks, strict=True):
            near = [one for one in found if one.box.overlap(box) > _LEAST_OVERLAP]
            if not near or near[0].landmarks is None:
                return None
            seen.append(near[0])
        return _mean(seen)

    def _moved(self, box: Box, moved: float, scaled: float = 0.0) -> Box:
        chance, (x, y) = self._chance, box.center
        side = box.area**0.5
        x, y = x + chance.gauss(0, moved) * side, y + chance.gauss(0, moved) * side
        times = math.exp(chance.gauss(0, scaled)) if scaled else 1.0
        across, down = box.width * times / 2, box.height * times / 2
        return Box(x - across, y - down, x + across, y + down)

    def _teach_nothing(self, scene: Image.Image) -> None:
        """Squares of what the detector takes for no face, not even a weak one."""
        for _ in range(_OF_NOBODY):
            side = self._chance.uniform(_SMALLEST_PX, min(scene.size) / 2)
            left = self._chance.uniform(0, scene.width - side)
            top = self._chance.uniform(0, scene.height - side)
            box = Box(left, top, left + side, top + side)
            (found,) = self._detector.look_closer(
                scene, [Region(square_around(box, _LOOK_SQUARE))], 0.1
            )
            if not any(one.box.overlap(box) > 0.1 for one in found):
                self._add(scene, square_around(box, SQUARE), None)

    def _add(self, picture: Image.Image, square: Box, face: Detection | None) -> None:
        self._squares.append(cut_squares(picture, [Region(square)], SIDE_PX)[0])
        self._targets.append([0.0] * _WIDTH if face is None else [1.0, *_placed(face, square)])


_WIDTH: Final = sum(OUTPUTS.values()) - OUTPUTS["error"]


def _placed(face: Detection, square: Box) -> list[float]:
    """Box and points as OUTPUTS has them."""
    assert face.landmarks is not None
    (x, y), side = square.center, square.width
    across, down = face.box.center
    sizes = [float(np.log(length / side)) for length in (face.box.width, face.box.height)]
    points = [
        place for px, py in face.landmarks.points for place in ((px - x) / side, (py - y) / side)
    ]
    return [(across - x) / side, (down - y) / side, *sizes, *points]


def _mean(seen: Sequence[Detection]) -> Detection:
    boxes = np.array([[*one.box.center, one.box.width, one.box.height] for one in seen])
    boxes[:, 2:] = np.log(boxes[:, 2:])
    x, y, log_width, log_height = boxes.mean(0).tolist()
    across, down = np.exp(log_width) / 2, np.exp(log_height) / 2
    points = np.array([one.landmarks.points for one in seen if one.landmarks]).mean(0)
    first = seen[0]
    assert first.landmarks is not None
    placed = tuple((float(across), float(down)) for across, down in points)
    landmarks = Landmarks(placed, first.landmarks.trust, 0.0)
    return Detection(Box(x - across, y - down, x + across, y + down), first.score, landmarks)
