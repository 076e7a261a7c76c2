"""A graph that tells of each cell of a picture whether a face's centre lies there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from genderlens.detection.networks.inputs import REDUCING_GAP, Bytes
from genderlens.detection.networks.planes import STRIDE, DetectedFaces, decode, suppress
from genderlens.detection.sound import read_graph
from genderlens.graphs.runtime import Session

COARSE: Final = "coarse.onnx"
"""The file of the small network that looks coarsely, beside the detector's graph."""
COARSE_CELL_PX: Final = 8
_COARSE_GAP: Final = 1.2


@dataclass(frozen=True, slots=True)
class FaceNetwork:
    """CenterFace, or a small network that CenterFace taught; ``cell_px`` are pixels of its input.

    Xu, Yan, Yang & Zhang, "CenterFace: Joint Face Detection and Alignment Using Face as Point"
    (2019).
    """

    session: Session
    cell_px: int = STRIDE
    reducing_gap: float = REDUCING_GAP
    """How a picture is made smaller for it, see ``shrink``."""

    def find(self, values: Bytes, min_score: float, max_overlap: float) -> Iterator[DetectedFaces]:
        """What is in each of N×H×W×3, best first, each face once, in pixels of the input.

        Of two boxes whose intersection over union is above ``max_overlap`` the better one is kept.
        """
        outputs = self.session.run({self.session.input_name: values})
        for planes in zip(*outputs, strict=True):
            found = decode(planes, min_score, self.cell_px)
            yield found.take(suppress(found.boxes, found.scores, max_overlap))


def read_small_network(path: Path, *, threads: int = 1) -> FaceNetwork:
    """A small network beside a detector's graph; DetectorError where it cannot be read."""
    session = Session(read_graph(path), threads=threads, name=str(path))
    return FaceNetwork(session, COARSE_CELL_PX, _COARSE_GAP)
