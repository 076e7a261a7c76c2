"""What CenterFace's planes of cells say: boxes, scores and points, each face once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

STRIDE: Final = 4
"""Pixels of the input per cell of CenterFace's output."""
STEPS_PER_PX: Final = 4
"""Corners lie on this grid, in pixels of the input. Engines differ in the last digits of a float;
without the grid that would move a crop by a thousandth of a pixel, and the answer visibly."""
POINT_STEPS_PER_PX: Final = 16
"""The grid of landmarks, for the same reason; a coarse one would turn small faces."""

Floats = NDArray[np.float32]


class DetectedFaces(NamedTuple):
    """N faces in pixels of a network's input: boxes N×4, scores N and points N×5×2."""

    boxes: Floats
    scores: Floats
    points: Floats

    def take(self, rows: Sequence[int]) -> DetectedFaces:
        """Some of them."""
        return DetectedFaces(*(values[list(rows)] for values in self))


_NOTHING: Final = DetectedFaces(
    *(np.zeros(shape, np.float32) for shape in ((0, 4), (0,), (0, 5, 2)))
)


def decode(outputs: Sequence[Floats], min_score: float, cell_px: int = STRIDE) -> DetectedFaces:
    """Cells above the score to boxes (left, top, right, bottom) and points, best first.

    A box that has no pixels on the grid is none.

    ``outputs``: planes of heat 1×h×w, size 2×h×w, offset 2×h×w and landmarks 10×h×w, of cells of
    ``cell_px`` pixels of the input.
    """
    heat, size, offset = outputs[0][0], outputs[1], outputs[2]
    rows, columns = np.nonzero(heat > min_score)
    if not rows.size:
        return _NOTHING
    scores = heat[rows, columns]
    order = np.argsort(-scores)
    rows, columns, scores = rows[order], columns[order], scores[order]
    height = np.exp(size[0, rows, columns]) * cell_px
    width = np.exp(size[1, rows, columns]) * cell_px
    y = (rows + offset[0, rows, columns] + 0.5) * cell_px
    x = (columns + offset[1, rows, columns] + 0.5) * cell_px
    halves = np.stack([-width, -height, width, height], 1) / 2.0
    boxes = on_grid(np.stack([x, y, x, y], 1) + halves, STEPS_PER_PX)
    shares = outputs[3][:, rows, columns].reshape(5, 2, -1)  # each down and across
    across, down = shares[:, 1] * width + x - width / 2, shares[:, 0] * height + y - height / 2
    points = on_grid(np.stack([across, down], -1).transpose(1, 0, 2), POINT_STEPS_PER_PX)
    found = DetectedFaces(boxes, scores, points)
    sized = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return found if sized.all() else found.take(np.flatnonzero(sized).tolist())


def suppress(boxes: Floats, scores: Floats, max_overlap: float) -> list[int]:
    """Greedy non-maximum suppression over boxes that come best first; rows that are kept."""
    kept: list[int] = []
    rows = boxes.tolist()
    for index in range(len(scores)):
        if all(overlap(rows[index], rows[other]) <= max_overlap for other in kept):
            kept.append(index)
    return kept


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def on_grid(values: NDArray[np.floating], steps_per_px: int) -> Floats:
    """Lengths in pixels, each the nearest of so many steps a pixel."""
    snapped: Floats = (np.round(values * steps_per_px) / steps_per_px).astype(np.float32)
    return snapped
