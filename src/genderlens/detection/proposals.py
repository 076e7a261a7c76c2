"""Where in a picture the detector has to look finely: around what a small network proposes.

Region proposals as of Ren et al., "Faster R-CNN" (2015), of which a cascade rejects most early, as
in Viola & Jones, "Rapid object detection using a boosted cascade of simple features" (2001).
``python -m tools.coarse proposals`` taught the small network what the detector sees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from genderlens.detection.looks import ProposalLook
from genderlens.detection.networks.face import FaceNetwork
from genderlens.detection.networks.inputs import scale_between, shrink, to_input
from genderlens.detection.networks.squares import find_in_squares
from genderlens.detection.windows import Patch, join_windows
from genderlens.pictures.regions import Region, square_around
from genderlens.types import Box

PROPOSALS: Final = "proposals.onnx"
"""The small network's file, beside the detector's graph."""
_SAME_PLACE: Final = 0.3
"""Intersection over union of two proposals that are one place."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """``network`` proposes, and ``detector`` says of which of them it may see more."""

    look: ProposalLook
    network: FaceNetwork
    detector: FaceNetwork

    def windows(
        self, image: Image.Image, size: tuple[int, int], least_side: float = 0.0
    ) -> list[Patch]:
        """What is worth looking at of a copy of the picture that is so large, in its pixels.

        ``least_side``: root of the area of the smallest face that counts, in pixels of the picture.
        """
        least_proposed, least_seen = (least_side / error for error in self.look.size_errors)
        sure, doubted = self._propose(image, least_proposed)
        grid = _Windows(self.look, Patch.of_size(size), scale_between(image.size, size))
        first = grid.around(sure)
        others = [one for one in doubted if not grid.show(first, one)]
        if len(others) > self.look.most_places or grid.is_most(first):
            return [grid.whole]
        seen = [one for one in self._seen(image, others) if _side(one) >= least_seen]
        windows = join_windows([*first, *grid.around(seen)])
        return [grid.whole] if grid.is_most(windows) else windows

    def _propose(self, image: Image.Image, least_side: float) -> tuple[list[Box], list[Box]]:
        """The places, of that side at least, that the small network is sure of, and the others."""
        look, sure, doubted = self.look, [], []
        small = shrink(image, look.input_px, look.reducing_gap)
        (found,) = self.network.find(to_input(small), min(look.min_scores), _SAME_PLACE)
        back = scale_between(small.size, image.size)
        for box, score in zip(found.boxes.tolist(), found.scores.tolist(), strict=True):
            seen = Box(*box)
            place = seen.scaled(*back)
            if _side(place) < least_side:
                continue
            if score >= look.sure_score:
                sure.append(place)
            elif score >= look.least_score(_side(seen)):
                doubted.append(place)
        return sure, doubted

    def _seen(self, image: Image.Image, places: Sequence[Box]) -> list[Box]:
        """What the detector sees in and around each of them from near."""
        look = self.look
        squares = [Region(square_around(place, look.square)) for place in places]
        given = (squares, look.side_px, look.seen_score, _SAME_PLACE)
        looks = find_in_squares(self.detector, image, *given)
        return [box for found, view in looks for box in view.boxes(found.boxes)]


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows of a copy of the picture, around places of the picture."""

    look: ProposalLook
    whole: Patch
    scale: tuple[float, float]
    """Pixels of the copy in one of the picture, across and down."""

    def around(self, places: Sequence[Box]) -> list[Patch]:
        """Those around the places, joined where they meet."""
        times, least_px, whole = self.look.window, self.look.least_px, self.whole
        scaled = (place.scaled(*self.scale) for place in places)
        return join_windows(Patch.around(place, times, least_px, whole) for place in scaled)

    def show(self, windows: Sequence[Patch], place: Box) -> bool:
        """Whether one of them shows all of the place."""
        scaled = place.scaled(*self.scale)
        return any(window.shows(scaled) for window in windows)

    def is_most(self, windows: Sequence[Patch]) -> bool:
        """Whether looking at all of the copy costs little more."""
        return sum(window.area for window in windows) > self.look.whole_share * self.whole.area


def _side(place: Box) -> float:
    """Of a square as large."""
    return math.sqrt(place.area)
