"""Where a face that was seen coarsely lies: a small network tells it instead of another look.

A regressor in the manner of Zhang et al., "Joint Face Detection and Alignment using Multi-task
Cascaded Convolutional Networks" (2016). ``python -m tools.refinement`` taught it what the detector
says on average of several looks at a face from near. Where it is unsure, the detector looks closer.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from genderlens.detection.looks import RefinementLook
from genderlens.detection.networks.inputs import cut_squares
from genderlens.detection.networks.planes import DetectedFaces, Floats, on_grid
from genderlens.detection.sound import read_graph
from genderlens.graphs.runtime import Session
from genderlens.pictures.regions import Region

REFINEMENT: Final = "refinement.onnx"
"""The network's file, beside the detector's graph."""
STEPS_PER_PX: Final = 8
"""Corners lie on this grid, in pixels of the input, as those of the detector do on theirs."""
POINT_STEPS_PER_PX: Final = 32


class RefinementNetwork:
    """Faces in squares around them, each in pixels of what the network is shown."""

    def __init__(self, path: Path, look: RefinementLook, *, threads: int = 1) -> None:
        """Raises DetectorError where the file cannot be read."""
        self._session = Session(read_graph(path), threads=threads, name=str(path))
        self.look = look

    def find(self, image: Image.Image, squares: Sequence[Region]) -> list[DetectedFaces | None]:
        """The one face of each square, which may reach beyond the picture; None where unsure."""
        if not squares:
            return []
        gap = self.look.reducing_gap
        values = cut_squares(image, squares, self.look.side_px, reducing_gap=gap)
        (found,) = self._session.run({self._session.input_name: values})
        return [self._read(row) if self._is_sure(row) else None for row in found]

    def _is_sure(self, row: Floats) -> bool:
        """``row``: score, box, points, and how far off the box is, in sides of the square."""
        return bool(row[0] >= self.look.min_score and row[-1] <= self.look.most_error)

    def _read(self, row: Floats) -> DetectedFaces:
        side = self.look.side_px
        across, down, width, height = row[1:5].astype(np.float64) * side
        x, y = across + side / 2, down + side / 2
        box = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
        points = row[5:-1].astype(np.float64).reshape(1, -1, 2) * side + side / 2
        return DetectedFaces(
            on_grid(box[None], STEPS_PER_PX), row[:1], on_grid(points, POINT_STEPS_PER_PX)
        )
