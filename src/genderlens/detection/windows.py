"""Parts of a picture that a network looks at on their own, on the grid that its input has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genderlens.detection.networks.inputs import (
    MULTIPLE,
    REDUCING_GAP,
    Bytes,
    scale_between,
    to_input,
)
from genderlens.detection.networks.planes import DetectedFaces, Floats
from genderlens.types import Box


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a network's input of whole pixels, each a multiple of 32."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of_size(cls, size: tuple[int, int]) -> Patch:
        """All of an input that shows so many pixels, with what pads it."""
        width, height = (MULTIPLE * math.ceil(side / MULTIPLE) for side in size)
        return cls(0, 0, width, height)

    @classmethod
    def around(cls, place: Box, times: float, least_px: int, within: Patch) -> Patch:
        """The least one that shows a place and what is around it, ``times`` its longer side."""
        side = max(place.width, place.height)
        half = max(times * side, least_px) / 2
        (x, y), step = place.center, MULTIPLE
        return cls(
            max(within.left, step * math.floor((x - half) / step)),
            max(within.top, step * math.floor((y - half) / step)),
            min(within.right, step * math.ceil((x + half) / step)),
            min(within.bottom, step * math.ceil((y + half) / step)),
        )

    @property
    def area(self) -> int:
        """In pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    def meets(self, other: Patch) -> bool:
        """Whether both show some pixel."""
        across = min(self.right, other.right) > max(self.left, other.left)
        return across and min(self.bottom, other.bottom) > max(self.top, other.top)

    def shows(self, place: Box) -> bool:
        """Whether all of a place lies in it."""
        across = self.left <= place.left and place.right <= self.right
        return across and self.top <= place.top and place.bottom <= self.bottom

    def joined(self, other: Patch) -> Patch:
        """The least one that shows what both do."""
        return Patch(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def cut(self, image: Image.Image, size: tuple[int, int]) -> Bytes:
        """1×H×W×3 bytes of it from a copy of the picture in that size, of which no more is made."""
        across, down = scale_between(size, image.size)
        right, bottom = min(self.right, size[0]), min(self.bottom, size[1])
        box = (self.left * across, self.top * down, right * across, bottom * down)
        shown = right - self.left, bottom - self.top
        part = image.resize(shown, Image.Resampling.BILINEAR, box, reducing_gap=REDUCING_GAP)
        return to_input(part)

    def place(self, found: DetectedFaces, whole: Patch) -> DetectedFaces:
        """What was found in the window, in pixels of the whole input.

        Without what reaches beyond an edge of the window at which the picture goes on: it is not
        seen whole.
        """
        corner = np.array([self.left, self.top], np.float32)
        boxes: Floats = found.boxes + np.tile(corner, 2)
        cut = np.zeros(len(boxes), bool)
        for column, edge, end in zip(range(4), _edges(self), _edges(whole), strict=True):
            if edge != end:
                beyond = boxes[:, column] - edge
                cut |= beyond < 0 if column < 2 else beyond > 0
        placed = DetectedFaces(boxes, found.scores, found.points + corner)
        return placed.take(np.flatnonzero(~cut).tolist()) if cut.any() else placed


def join_windows(windows: Iterable[Patch]) -> list[Patch]:
    """The same, those joined that meet, until none do."""
    apart: list[Patch] = []
    for one in windows:
        joined = one
        while met := next((other for other in apart if joined.meets(other)), None):
            apart.remove(met)
            joined = joined.joined(met)
        apart.append(joined)
    return apart


def join_faces(parts: Sequence[DetectedFaces]) -> DetectedFaces:
    """Faces of several windows, best first."""
    boxes, scores, points = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.argsort(-scores, kind="stable").tolist()
    return DetectedFaces(boxes, scores, points).take(order)


def _edges(window: Patch) -> tuple[int, int, int, int]:
    return window.left, window.top, window.right, window.bottom
