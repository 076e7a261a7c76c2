"""Faces of one frame after the other, joined into tracks by where they are.

Nothing about how a face looks joins them, and no track outlives its clip: who leaves and comes back
is a new track.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from genderlens.heads import Head
from genderlens.types import Box, HeadAnswer, Outcome
from genderlens.video.evidence import Evidence
from genderlens.video.motion import Motion

MOST_GAP_S: Final = 1.5
"""A face that is looked for and not found for longer has left."""
MOST_UNSEEN_S: Final = 5.0
"""After longer without a look at all, whoever is in the same place may be somebody else."""
_BUFFER: Final = 0.5
"""Boxes are compared with so much of their size added on each side (C-BIoU, Yang et al., WACV
2023): frames are judged some tenths of a second apart, and small fast faces would not overlap."""
_LEAST_OVERLAP: Final = 0.12


def track_columns(head: Head) -> tuple[str, ...]:
    """Of the table of tracks."""
    before = ("track", "start_s", "end_s", "frames", "outcome", "label", "confidence")
    return (*before, *head.share_columns)


@dataclass(frozen=True, slots=True)
class Track:
    """One face from when it was first seen to when it was last seen; times in seconds."""

    number: int
    start_s: float
    end_s: float
    frames: int
    answer: HeadAnswer

    @property
    def label(self) -> str | None:
        """A word of the head; None while it is uncertain."""
        return self.answer.prediction

    @property
    def confidence(self) -> float:
        """The probability of the likelier label."""
        return self.answer.confidence

    @classmethod
    def from_row(cls, row: Mapping[str, Any], head: Head) -> Self:
        """What ``to_row`` gave, but for the logits."""
        shares = tuple(float(row[name]) for name in head.share_columns)
        answer = HeadAnswer(head, Outcome(row["outcome"]), (), shares)
        return cls(row["track"], row["start_s"], row["end_s"], row["frames"], answer)

    def to_row(self) -> dict[str, Any]:
        """Flat, with the keys of ``track_columns``."""
        return {
            "track": self.number,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "frames": self.frames,
            "outcome": self.answer.outcome.value,
            "label": self.label,
            "confidence": round(self.answer.confidence, 6),
            **self.answer.cells(),
        }


@dataclass(slots=True)
class FollowedFace:
    """A track while it lasts."""

    number: int
    start_s: float
    end_s: float
    motion: Motion
    frames: int = 1
    missed: int = 0
    """Looks since it was seen."""
    evidence: Evidence = field(default_factory=Evidence)

    def has_left(self, time_s: float) -> bool:
        """Whether a face found at that time cannot be this one."""
        unseen_s = time_s - self.end_s
        return unseen_s > (MOST_GAP_S if self.missed else MOST_UNSEEN_S)

    def track(self, head: Head, abstain_below: float) -> Track:
        """What is known of it by now."""
        answer = self.evidence.answer(head, abstain_below)
        return Track(self.number, self.start_s, self.end_s, self.frames, answer)

    def to_json(self) -> dict[str, Any]:
        """For the file that a run goes on from."""
        return {
            "number": self.number,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "frames": self.frames,
            "missed": self.missed,
            "motion": self.motion.to_json(),
            "evidence": self.evidence.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        motion, evidence = Motion.from_json(stored["motion"]), Evidence(**stored["evidence"])
        return cls(**{**stored, "motion": motion, "evidence": evidence})


class Tracker:
    """Follows faces; only those that are in sight now take memory."""

    def __init__(self) -> None:
        self.followed: list[FollowedFace] = []
        self.last_number = 0

    def update(
        self, time_s: float, boxes: Sequence[Box]
    ) -> tuple[list[FollowedFace], list[FollowedFace]]:
        """The track of each box of a frame, and those that have ended."""
        ended = [face for face in self.followed if face.has_left(time_s)]
        self.followed = [face for face in self.followed if not face.has_left(time_s)]
        expected = [face.motion.after(time_s - face.end_s) for face in self.followed]
        pairs = dict(_match([motion.box for motion in expected], boxes))
        for face in self.followed:
            face.missed += 1
        found = []
        for index, box in enumerate(boxes):
            known = pairs.get(index)
            if known is None:
                found.append(self._begin(time_s, box))
                continue
            face = self.followed[known]
            face.motion, face.end_s = expected[known].seen(box), time_s
            face.frames, face.missed = face.frames + 1, 0
            found.append(face)
        return found, ended

    def _begin(self, time_s: float, box: Box) -> FollowedFace:
        self.last_number += 1
        face = FollowedFace(self.last_number, time_s, time_s, Motion.start(box))
        self.followed.append(face)
        return face

    def to_json(self) -> dict[str, Any]:
        """For the file that a run goes on from."""
        followed = [face.to_json() for face in self.followed]
        return {"last_number": self.last_number, "followed": followed}

    def restore(self, stored: dict[str, Any]) -> None:
        """Go on from what ``to_json`` gave."""
        self.last_number = stored["last_number"]
        self.followed = [FollowedFace.from_json(face) for face in stored["followed"]]


def _match(expected: Sequence[Box], found: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Pairs (found, expected), the best overlap first; every box is in one pair at most."""
    scores = sorted(
        (
            (-_overlap(before, now), new, old)
            for old, before in enumerate(expected)
            for new, now in enumerate(found)
        ),
    )
    taken_new: set[int] = set()
    taken_old: set[int] = set()
    for score, new, old in scores:
        if -score < _LEAST_OVERLAP:
            return
        if new not in taken_new and old not in taken_old:
            taken_new.add(new)
            taken_old.add(old)
            yield new, old


def _overlap(one: Box, other: Box) -> float:
    return _buffered(one).overlap(_buffered(other))


def _buffered(box: Box) -> Box:
    across, down = _BUFFER * box.width, _BUFFER * box.height
    return Box(box.left - across, box.top - down, box.right + across, box.bottom + down)
