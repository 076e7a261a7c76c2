"""The gate: which faces may be classified, decided from boxes and scores alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from genderlens.settings import Settings
from genderlens.types import Detection, FacePolicy, Outcome


@dataclass(frozen=True, slots=True)
class Prominence:
    """What makes a detection count; shares are of the picture, the last one of the largest."""

    min_score: float
    min_side_px: float
    min_area: float
    min_height: float
    min_relative_area: float

    def select(self, found: Sequence[Detection], size: tuple[int, int]) -> list[Detection]:
        """The detections that count, largest first, in a picture of ``size`` (width, height)."""
        width, height = size
        kept = [
            detection
            for detection in found
            if detection.score >= self.min_score
            and min(detection.box.width, detection.box.height) >= self.min_side_px
            and detection.box.area >= self.min_area * width * height
            and detection.box.height >= self.min_height * height
        ]
        kept.sort(key=lambda detection: detection.box.area, reverse=True)
        least = self.min_relative_area * kept[0].box.area if kept else 0.0
        return [detection for detection in kept if detection.box.area >= least]

    def loosened(self, factor: float) -> Prominence:
        """Bounds for areas that are off by up to a factor; below 1 they are tighter."""
        root = math.sqrt(factor)
        return replace(
            self,
            min_side_px=self.min_side_px / root,
            min_area=self.min_area / factor,
            min_height=self.min_height / root,
            min_relative_area=self.min_relative_area / factor,
        )

    def least_side(self, size: tuple[int, int], narrowest: float) -> float:
        """Root of the area of the smallest box that counts in a picture of that size, in pixels.

        ``narrowest``: how wide a box is at least per its height.
        """
        width, height = size
        tall = self.min_height * height * math.sqrt(narrowest)
        return max(float(self.min_side_px), math.sqrt(self.min_area * width * height), tall)


@dataclass(frozen=True, slots=True)
class FaceDecision:
    """What the gate says: faces to classify, or the outcome that refuses."""

    faces: tuple[Detection, ...]
    person_count: int
    refusal: Outcome | None = None


def face_prominence(settings: Settings) -> Prominence:
    """The thresholds for faces."""
    return Prominence(
        settings.face_min_score,
        settings.face_min_side_px,
        settings.face_min_area,
        settings.face_min_height,
        settings.face_min_relative_area,
    )


def person_prominence(settings: Settings) -> Prominence:
    """The thresholds for whole people."""
    return Prominence(
        settings.person_min_score,
        1.0,
        settings.person_min_area,
        settings.person_min_height,
        0.0,
    )


def judge_faces(faces: Sequence[Detection], policy: FacePolicy) -> FaceDecision:
    """The verdict on the prominent faces, largest first."""
    if not faces:
        return FaceDecision((), 0, Outcome.NO_PERSON)
    if policy == "single" and len(faces) > 1:
        return FaceDecision((), len(faces), Outcome.MANY_PEOPLE)
    chosen = tuple(faces) if policy == "all" else (faces[0],)
    return FaceDecision(chosen, len(faces))


def judge_people(people: Sequence[Detection], policy: FacePolicy) -> FaceDecision | None:
    """A refusal from the prominent people, None where faces may be looked at."""
    if not people:
        return FaceDecision((), 0, Outcome.NO_PERSON)
    if policy == "single" and len(people) > 1:
        return FaceDecision((), len(people), Outcome.MANY_PEOPLE)
    return None
