"""Where faces are: boxes, landmarks and detections, in pixels of the upright picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in pixels of the upright picture, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels; 0 where right lies left of left."""
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        """In pixels; 0 where the bottom lies above the top."""
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        """In square pixels."""
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """Across and down, in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def clipped(self, width: float, height: float) -> Box:
        """What of it lies in a picture of that size."""
        left, right = (min(max(x, 0.0), width) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0.0), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def scaled(self, across: float, down: float) -> Box:
        """The same in pixels so many times smaller."""
        return Box(self.left * across, self.top * down, self.right * across, self.bottom * down)

    def overlap(self, other: Box) -> float:
        """Intersection over union; 0 where either is empty."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(0.0, width) * max(0.0, height)
        return common / (self.area + other.area - common) if common else 0.0

    def to_list(self) -> list[float]:
        """Left, top, right and bottom, to hundredths of a pixel."""
        return [round(value, 2) for value in (self.left, self.top, self.right, self.bottom)]


Point = tuple[float, float]
"""Across and down, in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points of a face, as seen: left eye, right eye, nose, left and right end of the mouth.

    ``trust`` in 0..1 says how far they tell where the face is upright; ``roll`` is by how many
    degrees it leans clockwise (-180..180), 0 where that is too little or too unsure to tell.
    """

    points: tuple[Point, ...]
    trust: float
    roll: float

    def scaled(self, across: float, down: float) -> Landmarks:
        """The same in pixels so many times smaller."""
        return replace(self, points=tuple((x * across, y * down) for x, y in self.points))


@dataclass(frozen=True, slots=True)
class Detection:
    """One face or person that a detector found: where, and how sure (score in 0..1).

    ``seen_px`` is the root of the box's area in the pixels that were looked at, where that was so
    coarse that a closer look may tell more; infinite elsewhere. ``is_crop``: the box is no face's
    but what was cut out around one already, before it is turned about its centre. ``is_placed``:
    the refinement network has told box and landmarks, and nothing tells more.
    """

    box: Box
    score: float
    landmarks: Landmarks | None = None
    seen_px: float = math.inf
    is_crop: bool = False
    is_placed: bool = False

    @property
    def roll(self) -> float:
        """Degrees clockwise by which the face leans, 0 where nothing tells."""
        return self.landmarks.roll if self.landmarks else 0.0

    def scaled(self, across: float, down: float) -> Detection:
        """The same in pixels so many times smaller."""
        if across == down == 1.0:
            return self
        landmarks = self.landmarks and self.landmarks.scaled(across, down)
        return replace(self, box=self.box.scaled(across, down), landmarks=landmarks)
