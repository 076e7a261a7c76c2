"""Where faces may be: a small network goes over a picture before the detector does.

It rejects pictures that show no face, as the first stages of a cascade do (Viola & Jones, "Rapid
object detection using a boosted cascade of simple features", CVPR 2001), and proposes the part of
the others that is worth a look (Ren et al., "Faster R-CNN", NeurIPS 2015). What is a face, and
where exactly it lies, the detector alone decides. ``python -m tools.proposals`` taught it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.detection.inputs import MULTIPLE, to_input
from genderlens.detection.looks import ProposalLook
from genderlens.detection.sound import read_graph
from genderlens.graphs.runtime import Session
from genderlens.types import Box

PROPOSALS: Final = "proposals.onnx"
"""The network's file, beside the detector's graph."""
STRIDE: Final = 8
"""Pixels of the input per cell of the output."""

Part = tuple[int, int, int, int]
"""Left, top, right and bottom in whole pixels; left and top are multiples of 32."""


class ProposalNetwork:
    """Finds cells that may hold a face's centre, whichever way the face leans."""

    def __init__(self, path: Path, look: ProposalLook, *, threads: int = 1) -> None:
        """Raises DetectorError where the file cannot be read."""
        self._session = Session(read_graph(path), threads=threads, name=str(path))
        self._look = look

    def sees_any(self, picture: Image.Image) -> bool:
        """Whether there may be a face in a picture that is looked at as large as it is."""
        return len(self._squares(picture)) > 0

    def find_part(self, picture: Image.Image, seen: Sequence[Box] = ()) -> Part | None:
        """The part of the picture that holds whatever may be a face, with some of what is around.

        ``seen``: boxes, in its pixels, that are to be in it anyway. None where there is nothing.
        """
        look = self._look
        known = [_square(box, look.square) for box in seen]
        squares = np.concatenate([self._squares(picture), np.reshape(known, (-1, 4))])
        if not len(squares):
            return None
        starts, ends = squares[:, :2].min(0), squares[:, 2:].max(0)
        sides = [
            _side(float(start), float(end), length, look.least_px)
            for start, end, length in zip(starts, ends, picture.size, strict=True)
        ]
        (left, right), (top, bottom) = sides
        area = (right - left) * (bottom - top)
        if area > look.most_area * picture.width * picture.height:
            return 0, 0, *picture.size
        return left, top, right, bottom

    def _squares(self, picture: Image.Image) -> NDArray[np.float64]:
        """N×4: around each cell that may hold a face, in pixels of the picture."""
        heat, log_size = self._session.run({self._session.input_name: to_input(picture)})
        rows, columns = np.nonzero(heat[0, 0] >= self._look.min_score)
        half = self._look.square / 2 * np.exp(log_size[0, 0, rows, columns].astype(np.float64))
        x, y = (columns + 0.5) * STRIDE, (rows + 0.5) * STRIDE
        return np.stack([x - half, y - half, x + half, y + half], 1)


def _square(box: Box, sides: float) -> tuple[float, float, float, float]:
    (x, y), half = box.center, sides / 2 * box.area**0.5
    return x - half, y - half, x + half, y + half


def _side(start: float, end: float, length: int, least: int) -> tuple[int, int]:
    """What is looked at of one side of a picture: on the network's grid, not too short."""
    missing = max(0.0, least - (end - start)) / 2
    first = max(0, int((start - missing) // MULTIPLE) * MULTIPLE)
    last = min(length, -int(-(end + missing) // MULTIPLE) * MULTIPLE)
    return min(first, (length - 1) // MULTIPLE * MULTIPLE), max(last, 1)
