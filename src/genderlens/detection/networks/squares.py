"""Squares of a picture that a network looks at on their own, several in one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PIL import Image

from genderlens.detection.networks.face import FaceNetwork
from genderlens.detection.networks.inputs import cut_squares
from genderlens.detection.networks.planes import DetectedFaces
from genderlens.detection.views import TurnedView
from genderlens.pictures.regions import Region

SQUARES_AT_ONCE: Final = 8
"""Squares in one run of the network: a tenth faster than alone, in less memory than the finest look
takes."""


def find_in_squares(
    network: FaceNetwork,
    image: Image.Image,
    squares: Sequence[Region],
    side_px: int,
    min_score: float,
    max_overlap: float,
) -> Iterator[tuple[DetectedFaces, TurnedView]]:
    """What is in each square, shown ``side_px`` pixels wide, and where that lies in the picture."""
    for start in range(0, len(squares), SQUARES_AT_ONCE):
        part = squares[start : start + SQUARES_AT_ONCE]
        seen = network.find(cut_squares(image, part, side_px), min_score, max_overlap)
        for square, found in zip(part, seen, strict=True):
            yield found, TurnedView.of_square(square, side_px)
