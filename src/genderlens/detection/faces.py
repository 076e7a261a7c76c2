"""CenterFace: an anchor-free face detector, run by our own ONNX Runtime session.

Xu, Yan, Yang & Zhang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019).
The weights (MIT) lie in ``models/centerface`` beside their licence; ``python -m tools.detector``
made the file from the published one. How it looks at a picture stands in ``looks.json`` there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import Survey
from genderlens.detection.looks import LOOKS, Looks, Network, read_looks
from genderlens.detection.networks.face import COARSE, FaceNetwork, read_small_network
from genderlens.detection.networks.inputs import scale_between, shrink, shrunk_size, to_input
from genderlens.detection.networks.planes import DetectedFaces, Floats
from genderlens.detection.networks.refinement import REFINEMENT, RefinementNetwork
from genderlens.detection.networks.squares import find_in_squares
from genderlens.detection.placing import place_detector
from genderlens.detection.pose import read_landmarks
from genderlens.detection.proposals import PROPOSALS, Proposals
from genderlens.detection.sound import load_sound, read_graph, uses_fast
from genderlens.detection.survey import FirstSight
from genderlens.detection.views import TurnedView
from genderlens.detection.windows import Patch, join_faces
from genderlens.errors import DetectorError, GenderlensError
from genderlens.graphs.devices import CPU, devices_to_try
from genderlens.graphs.golden import Graph, tell
from genderlens.graphs.runtime import Session
from genderlens.pictures.regions import Region, square_around
from genderlens.types import Box, Detection, Landmarks, Precision

CENTERFACE: Final = Path(__file__).parents[1] / "models" / "centerface" / "detector.onnx"
"""The graph that is shipped, bytes of a picture in, scores and boxes out."""
_QUARTERS: Final = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}
"""Quarters that faces lean clockwise → what turns the picture so that they are upright."""


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
        looks: Looks | None = None,
        device: str = CPU,
        graph: Graph | None = None,
    ) -> None:
        """``path``: another graph of the same inputs and outputs. Raises DetectorError.

        ``looks``: others than those that lie beside the shipped graph. ``device``: where it runs if
        it gives there what it gives on the CPU; one line in the log where it does not. ``graph``:
        one that is loaded and checked already, instead.
        """
        self.graph = graph
        session = graph.session if graph else place_detector(path, threads, device)
        self.network = self._exact = FaceNetwork(session)
        """``_exact``: in float, for leaning looks, whose points turn the face."""
        if graph and graph.name != path.name:
            self._exact = FaceNetwork(Session(read_graph(path), threads=threads, name=str(path)))
        self.looks = looks or read_looks(CENTERFACE.with_name(LOOKS))
        self._networks: dict[Network, FaceNetwork] = {"detector": self.network}
        if "coarse" in self.looks.networks:
            self._networks["coarse"] = read_small_network(_beside(COARSE), threads=threads)
        self._refinement = _read_refinement(self.looks, threads)
        self._proposals = _read_proposals(self.looks, self.network, threads)
        self.max_side_px = max_side_px
        self.min_score = min_score
        self.max_overlap = max_overlap

    @property
    def device(self) -> str:
        """What it runs on: ``cpu``, ``cuda``, …"""
        return self.network.session.device

    def detect(self, image: Image.Image) -> list[Detection]:
        """Faces of any size, best first. If the first look finds none, a second is coarser."""
        return list(self.survey(image, self.min_score).faces)

    def survey(self, image: Image.Image, weak_score: float, sought: Sought | None = None) -> Survey:
        """Faces as ``detect`` finds them, and what the first look scored between the two bounds.

        ``sought``: only faces that may count; looks are as coarse then as the plan allows.
        """
        with _failures_told():
            return FirstSight(self, image, weak_score).survey(sought)

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        """See ``LooksAgain``; a square may lean, and several go through the network together."""
        with _failures_told():
            return [
                found
                for leans, alike in groupby(squares, key=lambda square: bool(square.roll))
                for found in self._look_at_squares(
                    image, [*alike], min_score, self._exact if leans else self.network
                )
            ]

    def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
        """See ``Refines``; None for all where the plan knows no such network."""
        if (network := self._refinement) is None:
            return [None] * len(faces)
        with _failures_told():
            seen = self._place(network, image, faces)
            for _ in range(network.look.times - 1):
                sure = [index for index, one in enumerate(seen) if one]
                again = self._place(network, image, [one.box for one in seen if one])
                for index, one in zip(sure, again, strict=True):
                    seen[index] = one or seen[index]
        return seen

    def _place(
        self, network: RefinementNetwork, image: Image.Image, faces: Sequence[Box]
    ) -> list[Detection | None]:
        squares = [Region(square_around(face, network.look.square)) for face in faces]
        views = [TurnedView.of_square(square, network.look.side_px) for square in squares]
        return [
            replace(self._detections(one, view)[0], is_placed=True) if one else None
            for one, view in zip(network.find(image, squares), views, strict=True)
        ]

    def look_turned(self, image: Image.Image) -> dict[int, list[Detection]]:
        """Faces by the quarters that they lean clockwise, best first, in pixels of ``image``."""
        look = self.looks.turned
        with _failures_told():
            network = self._networks[look.network]
            small = shrink(image, look.side_px, network.reducing_gap)
            return {
                quarters: self._look_at(image, small, look.min_score, network, quarters)
                for quarters in look.quarters
            }

    def _look_at_squares(
        self, image: Image.Image, squares: Sequence[Region], min_score: float, network: FaceNetwork
    ) -> Iterator[list[Detection]]:
        side_px, most = self.looks.closer_px, self.max_overlap
        for found, view in find_in_squares(network, image, squares, side_px, min_score, most):
            yield self._detections(found, view)

    def look(
        self, image: Image.Image, max_side_px: int, min_score: float, network: Network = "detector"
    ) -> list[Detection]:
        """See ``Glances``."""
        looking = self._networks[network]
        small = shrink(image, max_side_px, looking.reducing_gap)
        return self._look_at(image, small, min_score, looking)

    def look_where_proposed(
        self, image: Image.Image, min_score: float, least_side: float = 0.0
    ) -> list[Detection]:
        """See ``Glances``; all of the picture where the plan knows no proposals."""
        if (proposals := self._proposals) is None:
            return self.look(image, self.max_side_px, min_score)
        size = shrunk_size(image.size, self.max_side_px)
        parts = [
            part
            for window in proposals.windows(image, size, least_side)
            for part in self._find_in(window, image, size, min_score)
        ]
        return self._in_picture(join_faces(parts), image, size) if parts else []

    def _find_in(
        self, window: Patch, image: Image.Image, size: tuple[int, int], min_score: float
    ) -> Iterator[DetectedFaces]:
        """What a window of a copy of the picture in that size shows, in pixels of the copy."""
        found = self.network.find(window.cut(image, size), min_score, self.max_overlap)
        return (window.place(one, Patch.of_size(size)) for one in found)

    def _look_at(
        self,
        image: Image.Image,
        small: Image.Image,
        min_score: float,
        network: FaceNetwork,
        quarters: int = 0,
    ) -> list[Detection]:
        """Faces that ``small``, a copy of the picture, shows once it is turned."""
        seen = small.transpose(_QUARTERS[quarters]) if quarters else small
        (found,) = network.find(to_input(seen), min_score, self.max_overlap)
        return self._in_picture(found, image, seen.size, quarters)

    def _in_picture(
        self, found: DetectedFaces, image: Image.Image, size: tuple[int, int], quarters: int = 0
    ) -> list[Detection]:
        """What was found in a copy of that size of the picture turned by quarters."""
        centre = image.width / 2, image.height / 2
        upright = size[::-1] if quarters % 2 else size
        view = TurnedView(centre, size, scale_between(upright, image.size), 90.0 * quarters)
        faces = self._detections(found, view)
        return [replace(one, box=one.box.clipped(*image.size)) for one in faces]

    def _detections(self, found: DetectedFaces, view: TurnedView) -> list[Detection]:
        boxes = view.boxes(found.boxes)
        roots = np.sqrt(np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1))
        sizes_px = roots * min(1.0, *view.scale)
        return [
            Detection(box, score, self._landmarks(points, float(size_px), view))
            for box, score, points, size_px in zip(
                boxes, found.scores.tolist(), found.points, sizes_px, strict=True
            )
        ]

    def _landmarks(self, points: Floats, size_px: float, view: TurnedView) -> Landmarks:
        seen = read_landmarks(points.tolist(), size_px, self.looks.pose, turned_by=view.roll)
        return replace(seen, points=tuple(view.point(*point) for point in seen.points))


@contextmanager
def _failures_told() -> Iterator[None]:
    """Whatever goes wrong inside is a DetectorError: it never means that nobody is there."""
    try:
        yield
    except GenderlensError:
        raise
    except Exception as error:
        raise DetectorError(f"the face detector failed: {error}") from error


def create_centerface(
    *,
    max_side_px: int = 480,
    min_score: float = 0.5,
    threads: int = 1,
    device: str = CPU,
    precision: Precision = "auto",
) -> CenterFace:
    """The detector as it serves: in float, so that service, page and library answer alike.

    In INT8 on the CPU where ``precision`` says so and it gives here what was measured; else in
    float, with one line in the log. Raises DetectorError, and what ``devices_to_try`` raises.
    """
    create = partial(CenterFace, max_side_px=max_side_px, min_score=min_score, threads=threads)
    if not uses_fast(CENTERFACE, precision):
        return create(device=device)
    if devices_to_try(device):
        placed = create(device=device)
        if placed.device != CPU:
            return placed
    graph = load_sound(CENTERFACE, threads=threads)
    tell([graph.notice])
    return create(graph=graph)


def _read_refinement(looks: Looks, threads: int) -> RefinementNetwork | None:
    look = looks.refinement
    return RefinementNetwork(_beside(REFINEMENT), look, threads=threads) if look else None


def _read_proposals(looks: Looks, detector: FaceNetwork, threads: int) -> Proposals | None:
    if (look := looks.proposals) is None:
        return None
    return Proposals(look, read_small_network(_beside(PROPOSALS), threads=threads), detector)


def _beside(name: str) -> Path:
    return CENTERFACE.with_name(name)
