"""Where in a picture the detector has to look finely: around what a small network proposes.

Region proposals as of Ren et al., "Faster R-CNN" (2015), of which a cascade rejects most early, as
in Viola & Jones, "Rapid object detection using a boosted cascade of simple features" (2001).
``python -m tools.coarse proposals`` taught the small network what the detector sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from genderlens.detection.looks import ProposalLook
from genderlens.detection.networks.face import FaceNetwork
from genderlens.detection.networks.inputs import Bytes
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

    def windows(self, small: Image.Image, values: Bytes) -> list[Patch]:
        """What of a fine look's input is worth looking at; ``small`` without what pads it."""
        whole = Patch(0, 0, values.shape[2], values.shape[1])
        sure, doubted = self._propose(values)
        windows = self._around(sure, whole)
        others = [one for one in doubted if not any(window.shows(one) for window in windows)]
        if len(others) > self.look.most_places or self._is_most(windows, whole):
            return [whole]
        seen = self._seen(small, others)
        windows = join_windows([*windows, *self._around(seen, whole)])
        return [whole] if self._is_most(windows, whole) else windows

    def _propose(self, values: Bytes) -> tuple[list[Box], list[Box]]:
        """The places that the small network is sure of, and those that it is not."""
        look, sure, doubted = self.look, [], []
        (found,) = self.network.find(values, min(look.min_scores), _SAME_PLACE)
        for box, score in zip(found.boxes.tolist(), found.scores.tolist(), strict=True):
            place = Box(*box)
            if score >= look.sure_score:
                sure.append(place)
            elif score >= look.least_score(place.area**0.5):
                doubted.append(place)
        return sure, doubted

    def _around(self, places: Sequence[Box], whole: Patch) -> list[Patch]:
        look = self.look
        around = (Patch.around(place, look.window, look.least_px, whole) for place in places)
        return join_windows(around)

    def _is_most(self, windows: Sequence[Patch], whole: Patch) -> bool:
        return sum(window.area for window in windows) > self.look.whole_share * whole.area

    def _seen(self, small: Image.Image, places: Sequence[Box]) -> list[Box]:
        """What the detector sees in and around each of them from near."""
        look = self.look
        squares = [Region(square_around(place, look.square)) for place in places]
        given = (squares, look.side_px, look.seen_score, _SAME_PLACE)
        looks = find_in_squares(self.detector, small, *given)
        return [box for found, view in looks for box in view.boxes(found.boxes)]
