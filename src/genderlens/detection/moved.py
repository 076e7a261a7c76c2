"""A detector whose boxes are a little off, to see what depends on where exactly they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from PIL import Image

from genderlens.detection import Detector
from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import LooksAgain, LooksTurned, Survey
from genderlens.detection.looks import Looks
from genderlens.detection.upright import LooksCloser, Refines
from genderlens.pictures.regions import Region
from genderlens.types import Box, Detection


@dataclass(frozen=True, slots=True)
class BoxMove:
    """``across`` and ``down`` in roots of the box's area, and ``times`` the sides."""

    across: float = 0.0
    down: float = 0.0
    times: float = 1.0

    def move(self, face: Detection) -> Detection:
        """The face with another box; where it was placed already, it has to be anew."""
        (x, y), side = face.box.center, face.box.area**0.5
        x, y = x + self.across * side, y + self.down * side
        half, high = face.box.width * self.times / 2, face.box.height * self.times / 2
        return replace(face, box=Box(x - half, y - high, x + half, y + high), is_placed=False)


@dataclass(frozen=True)
class MovedBoxes:
    """Sees what ``detector`` sees, and has the boxes of first sight moved."""

    detector: Detector
    box_move: BoxMove

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        """See ``Detector``."""
        return [self.box_move.move(face) for face in self.detector.detect(image)]


@dataclass(frozen=True)
class MovedSight(MovedBoxes):
    """The same of a detector that looks again, whose further looks are its own."""

    @property
    def looks(self) -> Looks:
        """See ``LooksCloser``."""
        return cast("LooksCloser", self.detector).looks

    def survey(self, image: Image.Image, weak_score: float, sought: Sought | None = None) -> Survey:
        """See ``LooksAgain``."""
        found = cast("LooksAgain", self.detector).survey(image, weak_score, sought)
        return replace(found, faces=[self.box_move.move(face) for face in found.faces])

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        """See ``LooksAgain``."""
        return cast("LooksAgain", self.detector).look_closer(image, squares, min_score)

    def look_turned(self, image: Image.Image) -> Mapping[int, Sequence[Detection]]:
        """See ``LooksTurned``."""
        return cast("LooksTurned", self.detector).look_turned(image)

    def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
        """See ``Refines``."""
        return cast("Refines", self.detector).refine(image, faces)


def move_boxes(detector: Detector, move: BoxMove) -> Detector:
    """The detector with its boxes moved."""
    parts = (LooksAgain, LooksTurned, LooksCloser, Refines)
    looks_again = all(isinstance(detector, part) for part in parts)
    return MovedSight(detector, move) if looks_again else MovedBoxes(detector, move)
