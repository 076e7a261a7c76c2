"""What is seen at first sight, as coarsely as the plan of looks allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from PIL import Image

from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import Survey
from genderlens.detection.looks import CoarseLook, Looks, Network
from genderlens.detection.networks.inputs import nearest_multiple
from genderlens.types import Box, Detection

HOPED_SCORE: Final = 0.3
"""What the small network scores where the detector may be sure of a face."""
CLOSE_PX: Final = 40.0
"""Root of the area of a box in a coarse look, from which on finer looks may not see the face."""


class Glances(Protocol):
    """A detector that looks at whole pictures as finely as it is told."""

    looks: Looks
    max_side_px: int
    min_score: float

    def look(
        self, image: Image.Image, max_side_px: int, min_score: float, network: Network = "detector"
    ) -> list[Detection]:
        """Faces that score so much, best first, in pixels of ``image``."""
        ...

    def look_where_proposed(
        self, image: Image.Image, min_score: float, least_side: float = 0.0
    ) -> list[Detection]:
        """The same of the finest look, only where there may be a face.

        ``least_side``: root of the area of the smallest that counts, in pixels of ``image``.
        """
        ...

    def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
        """See ``upright.Refines``."""
        ...


@dataclass(frozen=True, slots=True)
class FirstSight:
    """One picture before a detector; ``weak_score`` is what a face of a fine look scores at least.

    What the small network sees counts for nothing alone: a face where the refinement network is
    sure of it, too, and otherwise the detector looks for itself.
    """

    detector: Glances
    image: Image.Image
    weak_score: float

    def survey(self, sought: Sought | None = None) -> Survey:
        """Faces, and what may be some. ``sought``: only faces that may count need be seen."""
        plan = self.detector.looks.coarse
        if sought is None or plan is None or max(self.image.size) <= plan.whole_px:
            return self._survey_whole()
        least = sought.least_side(plan, self.image.width)
        if plan.network != "detector":
            seen = self._glance(plan, plan.network)
            if self._is_too_coarse(plan, sought, _hoped(seen)):
                return self._survey_finely(least, None if _is_close(seen) else [])
            placed = self._place(plan, seen, sought)
            if placed and not self._is_too_coarse(plan, sought, placed):
                return self._survey_coarsely(plan, placed)
        own = self._glance(plan, "detector")
        if self._is_too_coarse(plan, sought, own):
            is_small = plan.side_px == self.detector.looks.small_px
            return self._survey_finely(least, own if is_small else None)
        return self._survey_coarsely(plan, own)

    def _glance(self, plan: CoarseLook, network: Network) -> list[Detection]:
        """What a coarse look sees, with how large it was there."""
        least = min(*plan.min_scores, self.detector.min_score)
        scale = min(1.0, plan.side_px / max(self.image.size))
        seen = self.detector.look(self.image, plan.side_px, least, network)
        return [replace(one, seen_px=scale * one.box.area**0.5) for one in seen]

    def _is_too_coarse(self, plan: CoarseLook, sought: Sought, seen: Sequence[Detection]) -> bool:
        needed = sought.needed_side(seen, plan, self.image.width)
        return nearest_multiple(needed) > plan.side_px

    def _place(
        self, plan: CoarseLook, seen: Sequence[Detection], sought: Sought
    ) -> list[Detection]:
        """The same, faces as the refinement network has them, others only where that sees one.

        Nothing where either network doubts a face, or where one leans: that needs the detector's
        eye.
        """
        least, believed = self.detector.min_score, max(sought.sure_score, plan.believed_score)
        faces = [one.score for one in seen if one.score > least]
        if not faces or min(faces) < believed:
            return []
        told = [one for one in seen if one.score > min(least, plan.least_score(one.seen_px))]
        refined = self.detector.refine(self.image, [one.box for one in told])
        placed = []
        for old, new in zip(told, refined, strict=True):
            if old.score <= least:
                placed += [old] if new else []
            elif new is None or self._leans(new):
                return []
            else:
                box = new.box.clipped(*self.image.size)
                placed.append(replace(new, box=box, score=old.score))
        return placed

    def _leans(self, face: Detection) -> bool:
        return abs(face.roll) > self.detector.looks.upright.from_roll

    def _survey_coarsely(self, plan: CoarseLook, seen: Sequence[Detection]) -> Survey:
        """What a coarse look has seen, where it decides."""
        bound = self.detector.min_score
        return Survey(
            [one for one in seen if one.score > bound],
            unsettled=[one for one in seen if plan.least_score(one.seen_px) < one.score <= bound],
        )

    def _survey_whole(self) -> Survey:
        detector = self.detector
        return self._tell(detector.look(self.image, detector.max_side_px, self._weak_score), None)

    def _survey_finely(self, least_side: float, small: Sequence[Detection] | None) -> Survey:
        """``small``: what a look as small as the second one has seen already."""
        given = (self.image, self._weak_score, least_side)
        return self._tell(self.detector.look_where_proposed(*given), small)

    @property
    def _weak_score(self) -> float:
        return min(self.weak_score, self.detector.min_score)

    def _tell(self, first: Sequence[Detection], small: Sequence[Detection] | None) -> Survey:
        detector = self.detector
        faces = [one for one in first if one.score > detector.min_score]
        if not faces:
            if small is None:
                small = detector.look(self.image, detector.looks.small_px, detector.min_score)
            faces = [one for one in small if one.score > detector.min_score]
        return Survey(faces, [one for one in first if one.score <= detector.min_score])


def _hoped(seen: Sequence[Detection]) -> list[Detection]:
    """As if all were sure that may be faces: whether they are the detector tells at less cost from
    as far away than from near."""
    return [replace(one, score=1.0) for one in seen if one.score >= HOPED_SCORE]


def _is_close(seen: Sequence[Detection]) -> bool:
    """Whether a face may be too large for the finest look."""
    return any(one.seen_px >= CLOSE_PX for one in seen)
