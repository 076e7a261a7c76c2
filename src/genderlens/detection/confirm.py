"""A doubtful face is looked at again, closer and in its surroundings, before it counts.

Where no face of a picture is sure, each doubtful one has to be found once more, in a square that it
nearly fills or in one that shows what is around it. A weak one, of a score too low to count, counts
where both looks see it clearly. Of things that only look like a face from one distance, few are.
What was seen too coarsely for its score to tell is a face where both looks say so.

Where nobody counts, faces that lie or stand on their heads are looked for, and confirmed likewise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, runtime_checkable

from PIL import Image

from genderlens.detection import Detector, Frame
from genderlens.detection.coarse import Sought
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
UNSURE: Final = 1.6
"""How far off the area of a coarse box may be."""
MOST_LOOKED_AT: Final = 8
"""Of a crowd of doubtful faces only the largest are looked at, and the others do not count."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Scores between which a face is doubtful, and from which on it is at least weak."""

    sure_score: float
    weak_score: float


@dataclass(frozen=True, slots=True)
class Survey:
    """What a detector sees at first sight: faces that count, and weaker ones, each best first.

    ``unsettled`` are those that may be faces as well, but were seen too coarsely to tell.
    """

    faces: Sequence[Detection]
    weak: Sequence[Detection] = ()
    unsettled: Sequence[Detection] = ()


@runtime_checkable
class LooksAgain(Protocol):
    """A detector that can look at a part of a picture for itself."""

    def survey(self, image: Image.Image, weak_score: float, sought: Sought | None = None) -> Survey:
        """Faces as ``detect`` finds them, and those of a score above ``weak_score``.

        ``sought``: only faces that may count; the others need not be seen.
        """
        ...

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        """Faces in each square, which may reach beyond the picture, in pixels of ``image``."""
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
    if not isinstance(detector, LooksAgain):
        return prominence.select(frame.to_original(detector.detect(frame.image)), frame.size)
    sought = Sought(prominence, frame.size, doubt.sure_score)
    survey = detector.survey(frame.image, doubt.weak_score, sought)
    if not doubt.sure_score:
        return prominence.select(frame.to_original(survey.faces), frame.size)
    looks = _Looks(detector, frame)
    found = _find_upright(survey, prominence, doubt, looks)
    if found or not turned or not isinstance(detector, LooksTurned):
        return found
    return _find_turned(detector.look_turned(frame.image), prominence, looks)


def _find_upright(
    survey: Survey, prominence: Prominence, doubt: Doubt, looks: _Looks
) -> list[Detection]:
    frame = looks.frame
    seen = frame.to_original(survey.faces)
    settled = _settle(frame.to_original(survey.unsettled), seen, prominence, doubt, looks)
    strong = [face for face in settled if face.score >= prominence.min_score]
    faces = _measured([*seen, *strong], prominence, looks)
    found = _without_rejected(faces, prominence, doubt, looks)
    if found:
        return found
    weak = replace(prominence, min_score=doubt.weak_score)
    candidates = weak.select([*frame.to_original(survey.weak), *settled], frame.size)
    return looks.seen_clearly(candidates[:MOST_LOOKED_AT])


def _settle(
    unsettled: Sequence[Detection],
    seen: Sequence[Detection],
    prominence: Prominence,
    doubt: Doubt,
    looks: _Looks,
) -> list[Detection]:
    """Those of the unsettled that are faces and would count beside the sure ones.

    They have the larger of the boxes that they were seen with, and the mean score of both looks.
    """
    about = replace(prominence.loosened(UNSURE), min_score=0.0)
    sure = [face for face in seen if face.score >= doubt.sure_score]
    kept = [one for one in unsettled if one in about.select([*sure, one], looks.frame.size)]
    return looks.settle(dict.fromkeys(kept[:MOST_LOOKED_AT], 0.0))


def _measured(faces: Sequence[Detection], prominence: Prominence, looks: _Looks) -> list[Detection]:
    """The same, with boxes from near where a coarse one leaves open if a face is large enough.

    That is where its area lies about the least that counts beside the largest.
    """
    largest = max(faces, key=_area, default=None)
    if largest is None:
        return []
    least = prominence.min_relative_area * largest.box.area
    unclear = {one for one in faces if least / UNSURE < one.box.area < least * UNSURE}
    if not unclear:
        return list(faces)
    measured = looks.measure([one for one in faces if one in unclear | {largest}])
    return [measured.get(one, one) for one in faces]


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
    any_score = replace(prominence, min_score=0.0)
    candidates = any_score.select(kept, looks.frame.size)[:MOST_LOOKED_AT]
    settled = looks.settle({face: 90.0 * quarters[face] for face in candidates})
    return prominence.select(settled, looks.frame.size)


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
        seen = looks.seen(looked_at)
        if len(seen) == len(looked_at):
            return looked_at
        rejected = set(looked_at) - set(seen)
        left = [face for face in left if face not in rejected]


class _Looks:
    """The further looks at one picture, each done once and only where it is needed.

    All that is to be seen from one distance is looked at together.
    """

    def __init__(self, detector: LooksAgain, frame: Frame) -> None:
        self.frame = frame
        self._detector = detector
        self._seen: dict[tuple[Detection, float, float], Detection | None] = {}
        self._settled: set[Detection] = set()

    def seen(self, faces: Sequence[Detection]) -> list[Detection]:
        """Those of the faces that one of the looks finds again."""
        found = {face for face in faces if face in self._settled}
        for side in SQUARES:
            left = {face: 0.0 for face in faces if face not in found}
            found |= {face for face, again in self._again(left, side).items() if again}
        return [face for face in faces if face in found]

    def seen_clearly(self, faces: Sequence[Detection]) -> list[Detection]:
        """Those of the weak faces of which the looks together are sure enough."""
        looks = [self._again(dict.fromkeys(faces, 0.0), side) for side in SQUARES]
        means = {
            face: sum(again.score for look in looks if (again := look[face])) / len(looks)
            for face in faces
        }
        return [f for f in faces if f in self._settled or means[f] >= SEEN_CLEARLY]

    def settle(self, rolls: Mapping[Detection, float]) -> list[Detection]:
        """The faces, which may lean by ``rolls``, that each look sees clearly, at its mean score.

        The box is the one of the near look, or that of before where that is larger.
        """
        near = self._again(rolls, SQUARES[0])
        clear = {face: roll for face, roll in rolls.items() if _is_clear(near[face])}
        far = self._again(clear, SQUARES[1])
        found = [self._settle(face, near[face], far[face]) for face in clear]
        settled = [face for face in found if face is not None]
        self._settled.update(settled)
        return settled

    def _settle(
        self, face: Detection, near: Detection | None, far: Detection | None
    ) -> Detection | None:
        if near is None or far is None or far.score < SEEN_CLEARLY:
            return None
        score = (near.score + far.score) / 2
        return max(self._place(near, score), replace(face, score=score), key=_area)

    def measure(self, faces: Sequence[Detection]) -> dict[Detection, Detection]:
        """Of faces seen coarsely before that the near look finds: with the box that it saw."""
        near = self._again({face: 0.0 for face in faces if math.isfinite(face.seen_px)}, SQUARES[0])
        measured = {face: self._place(one, face.score) for face, one in near.items() if one}
        self._settled.update(new for face, new in measured.items() if face in self._settled)
        return measured

    def _place(self, near: Detection, score: float) -> Detection:
        """What a look saw in decoded pixels, in those of the original."""
        clipped = replace(near, box=near.box.clipped(*self.frame.image.size), score=score)
        return self.frame.to_original([clipped])[0]

    def _again(
        self, rolls: Mapping[Detection, float], side: float
    ) -> dict[Detection, Detection | None]:
        """The best of what a look finds in each face's place, in decoded pixels."""
        fresh = [face for face, roll in rolls.items() if (face, side, roll) not in self._seen]
        boxes = [here.box for here in self.frame.from_original(fresh) if here is not None]
        squares = [
            Region(square_around(box, side), rolls[face])
            for face, box in zip(fresh, boxes, strict=True)
        ]
        if squares:
            looks = self._detector.look_closer(self.frame.image, squares, SEEN_AGAIN)
            for face, box, found in zip(fresh, boxes, looks, strict=True):
                again = [one for one in found if one.box.overlap(box) > LEAST_OVERLAP]
                best = max(again, key=lambda one: one.score, default=None)
                self._seen[face, side, rolls[face]] = best
        return {face: self._seen[face, side, roll] for face, roll in rolls.items()}


def _is_clear(seen: Detection | None) -> bool:
    return seen is not None and seen.score >= SEEN_CLEARLY


def _area(face: Detection) -> float:
    return face.box.area
