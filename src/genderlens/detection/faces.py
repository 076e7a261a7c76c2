"""CenterFace: an anchor-free face detector, run by our own ONNX Runtime session.

Xu, Yan, Yang & Zhang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019).
The weights (MIT) lie in ``models/centerface`` beside their licence; ``genderlens export-detector``
made the file from the published one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genderlens.detection.confirm import Survey
from genderlens.errors import DetectorError, GenderlensError
from genderlens.imaging import resize_region
from genderlens.runtime import Session
from genderlens.types import Box, Detection

CENTERFACE: Final = Path(__file__).parents[1] / "models" / "centerface" / "detector.onnx"
"""The graph that is shipped, bytes of a picture in, scores and boxes out."""
STRIDE: Final = 4
"""Pixels of the input per cell of the output."""
MULTIPLE: Final = 32
"""Sides of the input are multiples of this."""
SECOND_LOOK_SIDE_PX: Final = 128
"""A close-up has its face found only when it is made small."""
CLOSER_LOOK_SIDE_PX: Final = 160
"""Side of the square in which a doubtful face is looked for again."""
STEPS_PER_PX: Final = 4
"""Corners lie on this grid, in pixels of the input. Engines differ in the last digits of a float;
without the grid that would move a crop by a thousandth of a pixel, and the answer visibly."""

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class CenterFace:
    """Face detector; scores lie in 0..1, boxes in pixels of the picture given."""

    def __init__(
        self,
        *,
        max_side_px: int = 480,
        min_score: float = 0.5,
        max_overlap: float = 0.3,
        threads: int = 1,
        path: Path = CENTERFACE,
    ) -> None:
        """``path``: another graph of the same inputs and outputs. Raises DetectorError."""
        self._session = Session(_read(path), threads=threads, name=str(path))
        self.max_side_px = max_side_px
        self.min_score = min_score
        self.max_overlap = max_overlap

    def detect(self, image: Image.Image) -> list[Detection]:
        """Faces, best first. If the first look finds none, a second looks at a smaller copy."""
        return list(self.survey(image, self.min_score).faces)

    def survey(self, image: Image.Image, weak_score: float) -> Survey:
        """Faces as ``detect`` finds them, and what the first look scored between the two bounds."""
        with _failures_told():
            least = min(weak_score, self.min_score)
            first = self._look(image, self.max_side_px, least)
            faces = [one for one in first if one.score > self.min_score]
            if not faces:
                faces = self._look(image, SECOND_LOOK_SIDE_PX, self.min_score)
            return Survey(faces, [one for one in first if one.score <= self.min_score])

    def look_closer(self, image: Image.Image, square: Box, min_score: float) -> list[Detection]:
        """Faces in a square, which may reach beyond the picture, in pixels of ``image``."""
        side = CLOSER_LOOK_SIDE_PX
        with _failures_told():
            values = resize_region(image, (side, side), region=square, interpolation="bilinear")
            boxes, scores = self._run(values[None], min_score)
            corner = np.asarray([square.left, square.top] * 2, np.float32)
            return _detections(boxes * (square.width / side) + corner, scores)

    def _look(self, image: Image.Image, max_side_px: int, min_score: float) -> list[Detection]:
        scale = min(1.0, max_side_px / max(image.size))
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        scaled = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        boxes, scores = self._run(_to_input(scaled), min_score)
        x, y = image.width / size[0], image.height / size[1]
        return _detections(_clip(boxes * np.asarray([x, y, x, y], np.float32), image.size), scores)

    def _run(self, values: Bytes, min_score: float) -> tuple[Floats, Floats]:
        """Boxes in pixels of the input and their scores, best first, each face once."""
        outputs = self._session.run({self._session.input_name: values})
        boxes, scores = _decode([output[0] for output in outputs], min_score)
        kept = _suppress(boxes, scores, self.max_overlap)
        return boxes[kept], scores[kept]


@contextmanager
def _failures_told() -> Iterator[None]:
    """Whatever goes wrong inside is a DetectorError: it never means that nobody is there."""
    try:
        yield
    except GenderlensError:
        raise
    except Exception as error:
        raise DetectorError(f"the face detector failed: {error}") from error


def _detections(boxes: Floats, scores: Floats) -> list[Detection]:
    pairs = zip(boxes.tolist(), scores.tolist(), strict=True)
    return [Detection(Box(*box), score) for box, score in pairs]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DetectorError(
            f"the face detector {path} cannot be read: {error.strerror}; install genderlens again"
        ) from error


def _to_input(image: Image.Image) -> Bytes:
    """1×H×W×3 bytes, black to the right and below up to a multiple of 32."""
    height, width = (-(-side // MULTIPLE) * MULTIPLE for side in (image.height, image.width))
    values = np.zeros((1, height, width, 3), np.uint8)
    values[0, : image.height, : image.width] = np.asarray(image)
    return values


def _decode(outputs: list[Floats], min_score: float) -> tuple[Floats, Floats]:
    """Cells above the score to boxes (left, top, right, bottom), best first."""
    heat, size, offset = outputs[0][0], outputs[1], outputs[2]
    rows, columns = np.nonzero(heat > min_score)
    scores = heat[rows, columns]
    order = np.argsort(-scores)
    rows, columns, scores = rows[order], columns[order], scores[order]
    height = np.exp(size[0, rows, columns]) * STRIDE
    width = np.exp(size[1, rows, columns]) * STRIDE
    y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    halves = np.stack([-width, -height, width, height], 1) / 2.0
    boxes = np.round((np.stack([x, y, x, y], 1) + halves) * STEPS_PER_PX) / STEPS_PER_PX
    return boxes.astype(np.float32), scores


def _suppress(boxes: Floats, scores: Floats, max_overlap: float) -> list[int]:
    """Greedy non-maximum suppression over boxes that come best first."""
    kept: list[int] = []
    for index in range(len(scores)):
        if all(_overlap(boxes[index], boxes[other]) <= max_overlap for other in kept):
            kept.append(index)
    return kept


def _overlap(a: Floats, b: Floats) -> float:
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return float(common / union)


def _clip(boxes: Floats, size: tuple[int, int]) -> Floats:
    limits = np.asarray([size[0], size[1], size[0], size[1]], np.float32)
    clipped: Floats = np.clip(boxes, 0.0, limits)
    return clipped
