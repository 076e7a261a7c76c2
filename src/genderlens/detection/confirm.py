"""A doubtful face is looked at again, closer and in its surroundings, before it counts.

Where no face of a picture is sure, each doubtful one has to be found once more, in a square that it
nearly fills or in one that shows what is around it. A weak one, of a score too low to count, counts
where both looks see it clearly. Of things that only look like a face from one distance, few are.

Where nobody counts, faces that lie or stand on their heads are looked for, and confirmed likewise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, runtime_checkable

from PIL import Image

from genderlens.detection import Detector, Frame
from genderlens.detection.gate import Prominence
from genderlens.pictures.regions import Region, square_around
from genderlens.settings import Settings
from genderlens.types import Detection

SQUARES: Final = (1.5, 3.0)
"""Sides of the squares that are looked at, in longer sides of the face."""
SEEN_AGAIN: Final = 0.35
"""A look that scores less has not found the face."""
SEEN_CLEARLY: Final = 0.45
"""What both looks score on average where a weak face is one."""
LEAST_OVERLAP: Final = 0.3
"""Intersection over union from which on what is found is the face that was looked for."""
MOST_LOOKED_AT: Final = 8
"""Of a crowd of doubtful faces only the largest are looked at, and the others do not count."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Scores between which a face is doubtful, and from which on it is at least weak."""

    sure_score: float
    weak_score: float


@dataclass(frozen=True, slots=True)
class Survey:
    """What a detector sees at first sight: faces that count, and weaker ones, each best first."""

    faces: Sequence[Detection]
    weak: Sequence[Detection] = ()


@runtime_checkable
class LooksAgain(Protocol):
    """A detector that can look at a part of a picture for itself."""

    def survey(self, image: Image.Image, weak_score: float) -> Survey:
        """Faces as ``detect`` finds them, and those of a score above ``weak_score``."""
        ...

    def look_closer(self, image: Image.Image, square: Region, min_score: float) -> list[Detection]:
        """Faces in a square, which may reach beyond the picture, in pixels of ``image``."""
        ...


@runtime_checkable
class LooksTurned(Protocol):
    """A detector that can look at a picture turned by quarters."""

    def look_turned(self, image: Image.Image) -> Mapping[int, Sequence[Detection]]:
        """Faces by the quarters that they lean clockwise, in pixels of ``image``."""
        ...


def face_doubt(settings: Settings) -> Doubt:
    """The scores as the settings have them."""
    return Doubt(settings.face_sure_score, settings.face_weak_score)


def find_faces(
    detector: Detector,
    frame: Frame,
    prominence: Prominence,
    doubt: Doubt,
    *,
    turned: bool = False,
) -> list[Detection]:
    """The faces that count, largest first, in pixels of the original picture.

    ``turned``: where nobody counts, those who lie or stand on their heads are looked for. A
    detector that cannot look again is believed. Raises DetectorError.
    """
    if not isinstance(detector, LooksAgain) or not doubt.sure_score:
        seen = detector.detect(frame.image)
        return prominence.select(frame.to_original(seen), frame.size)
    looks = _Looks(detector, frame)
    found = _find_upright(detector, frame, prominence, doubt, looks)
    if found or not turned or not isinstance(detector, LooksTurned):
        return found
    return _find_turned(detector.look_turned(frame.image), prominence, looks)


def _find_upright(
    detector: LooksAgain, frame: Frame, prominence: Prominence, doubt: Doubt, looks: _Looks
) -> list[Detection]:
    survey = detector.survey(frame.image, doubt.weak_score)
    found = _without_rejected(frame.to_original(survey.faces), prominence, doubt, looks)
    if found:
        return found
    weak = replace(prominence, min_score=doubt.weak_score)
    candidates = weak.select(frame.to_original(survey.weak), frame.size)[:MOST_LOOKED_AT]
    return [face for face in candidates if looks.sees_clearly(face)]


def _find_turned(
    seen: Mapping[int, Sequence[Detection]], prominence: Prominence, looks: _Looks
) -> list[Detection]:
    """The prominent ones of the faces that lean by quarters and are seen clearly again."""
    quarters = {
        face: count for count, found in seen.items() for face in looks.frame.to_original(found)
    }
    kept: list[Detection] = []
    for face in sorted(quarters, key=lambda face: face.score, reverse=True):
        if all(face.box.overlap(other.box) <= LEAST_OVERLAP for other in kept):
            kept.append(face)
    candidates = prominence.select(kept, looks.frame.size)[:MOST_LOOKED_AT]
    return [face for face in candidates if looks.sees_clearly(face, 90.0 * quarters[face])]


def _without_rejected(
    faces: Sequence[Detection], prominence: Prominence, doubt: Doubt, looks: _Looks
) -> list[Detection]:
    """The prominent faces once those are left out that no look finds again.

    Without a large one, smaller ones may be prominent, so it goes on until nothing changes.
    """
    left = list(faces)
    while True:
        found = prominence.select(left, looks.frame.size)
        if any(face.score >= doubt.sure_score for face in found):
            return found
        looked_at = found[:MOST_LOOKED_AT]
        rejected = [face for face in looked_at if not looks.sees(face)]
        if not rejected:
            return looked_at
        left = [face for face in left if face not in rejected]


class _Looks:
    """The further looks at one picture, each done once and only where it is needed."""

    def __init__(self, detector: LooksAgain, frame: Frame) -> None:
        self.frame = frame
        self._detector = detector
        self._scores: dict[tuple[Detection, float, float], float] = {}

    def sees(self, face: Detection) -> bool:
        """Whether one of the looks finds the face again."""
        return any(self._score(face, side) >= SEEN_AGAIN for side in SQUARES)

    def sees_clearly(self, face: Detection, roll: float = 0.0) -> bool:
        """Whether the looks together are sure enough of a weak face, which may lean."""
        scores = [self._score(face, side, roll) for side in SQUARES]
        return sum(scores) / len(scores) >= SEEN_CLEARLY

    def _score(self, face: Detection, side: float, roll: float = 0.0) -> float:
        """The best score of what a look finds in the face's place; 0 where there is nothing."""
        if (face, side, roll) not in self._scores:
            (here,) = self.frame.from_original([face])
            assert here is not None
            square = Region(square_around(here.box, side), roll)
            found = self._detector.look_closer(self.frame.image, square, SEEN_AGAIN)
            again = [one.score for one in found if one.box.overlap(here.box) > LEAST_OVERLAP]
            self._scores[face, side, roll] = max(again, default=0.0)
        return self._scores[face, side, roll]
