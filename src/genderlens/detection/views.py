"""Where the pixels that a detector was shown lie in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.pictures.regions import Region, leaning_box, turned
from genderlens.types import Box, Point


@dataclass(frozen=True, slots=True)
class TurnedView:
    """What a network was shown: ``size`` pixels (width, height) about ``centre`` of the picture.

    ``scale`` is how many pixels of the picture lie in one of its own, across and down the picture;
    the view leans by ``roll`` degrees clockwise.
    """

    centre: Point
    size: tuple[int, int]
    scale: tuple[float, float]
    roll: float = 0.0

    @classmethod
    def of_square(cls, square: Region, side_px: int) -> TurnedView:
        """A square of the picture that is shown so many pixels wide."""
        scale = square.box.width / side_px
        return cls(square.box.center, (side_px, side_px), (scale, scale), square.roll)

    def point(self, x: float, y: float) -> Point:
        """A place in the view, in pixels of the picture."""
        across, down = turned(x - self.size[0] / 2, y - self.size[1] / 2, self.roll)
        return self.centre[0] + across * self.scale[0], self.centre[1] + down * self.scale[1]

    def boxes(self, boxes: NDArray[np.float32]) -> list[Box]:
        """Boxes N×4 of upright faces in the view, in pixels of the picture.

        Where the view leans they keep centre and area, and the aspect goes with what they span.
        """
        if self.roll:
            return [self._leaning(*box) for box in boxes.tolist()]
        corner = np.asarray(self.point(0.0, 0.0) * 2, np.float32)
        placed = boxes * np.asarray(self.scale * 2, np.float32) + corner
        return [Box(*box) for box in placed.tolist()]

    def _leaning(self, left: float, top: float, right: float, bottom: float) -> Box:
        x, y = self.point((left + right) / 2, (top + bottom) / 2)
        spanned = leaning_box(Box(left, top, right, bottom), self.roll)
        across, down = spanned.width / 2 * self.scale[0], spanned.height / 2 * self.scale[1]
        return Box(x - across, y - down, x + across, y + down)
