"""Faces that lean are looked at again in a square that leans as they seem to.

A detector sees upright faces best: what it says of box and points of a leaning one is rough, and
of one that lies or stands on its head little is right but the place. One closer look mends both.
Where an upright face lies a small network tells, where it is sure, and more steadily: boxes of one
face in copies of a photo that are cut or scaled by a hair lie nearer to each other. A face that was
seen too coarsely is looked at again where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, runtime_checkable

from PIL import Image

from genderlens.detection import Detector, Frame
from genderlens.detection.looks import Looks
from genderlens.detection.pose import read_pose, wrapped
from genderlens.pictures.regions import Region, square_around
from genderlens.types import Box, Detection

LEAST_OVERLAP: Final = 0.3
"""Intersection over union from which on what is found is the face that was looked for."""


class _Asked(NamedTuple):
    """What is to be looked at closer: a square around a face's box, in decoded pixels."""

    square: Region
    face: Box
    needed: bool
    """Whether what was seen so far is too little to go by."""


_Way: TypeAlias = Generator[_Asked, list[Detection], Detection]
"""Asks for closer looks, is sent the faces in them, and ends with a face."""


@runtime_checkable
class LooksCloser(Protocol):
    """A detector that looks at parts of a picture, leaning ones too, by a plan."""

    looks: Looks

    def look_closer(
        self, image: Image.Image, squares: Sequence[Region], min_score: float
    ) -> list[list[Detection]]:
        """Faces in each square, which may reach beyond the picture, in pixels of ``image``."""
        ...


@runtime_checkable
class Refines(Protocol):
    """A detector that can place a face without looking at it closer."""

    def refine(self, image: Image.Image, faces: Sequence[Box]) -> list[Detection | None]:
        """The faces about those boxes, in pixels of ``image``; None where it is unsure."""
        ...


def look_upright(
    detector: Detector, frame: Frame, faces: Sequence[Detection], *, turned: bool = True
) -> tuple[Detection, ...]:
    """The same faces, the first of them with box and points as seen upright and from near.

    ``turned``: whether those that lean are looked at; the upright ones always are.
    A detector that cannot look closer is believed. Raises DetectorError.
    """
    if not isinstance(detector, LooksCloser):
        return tuple(faces)
    look = detector.looks.upright
    ways = [
        _Leaning(detector.looks, frame, face, turned=turned).settle()
        for face in faces[: look.most_faces]
    ]
    closer = partial(_look, detector, frame.image)
    return (*_go_together(ways, closer), *faces[look.most_faces :])


def _look(
    detector: LooksCloser, image: Image.Image, asked: Sequence[_Asked]
) -> list[list[Detection]]:
    """The faces in each square: one that is upright is refined where that is sure.

    None where it is not, and no look at the square is needed.
    """
    found: dict[int, list[Detection]] = {}
    if isinstance(detector, Refines):
        upright = [index for index, one in enumerate(asked) if not one.square.roll]
        refined = detector.refine(image, [asked[index].face for index in upright])
        found = {index: [one] for index, one in zip(upright, refined, strict=True) if one}
    left = [index for index, one in enumerate(asked) if one.needed and index not in found]
    squares = [asked[index].square for index in left]
    least = detector.looks.upright.min_score
    looks = detector.look_closer(image, squares, least) if squares else []
    found |= dict(zip(left, looks, strict=True))
    return [found.get(index, []) for index in range(len(asked))]


def _go_together(
    ways: Sequence[_Way], look_closer: Callable[[Sequence[_Asked]], list[list[Detection]]]
) -> list[Detection]:
    """The end of each way; the squares that all of them ask for at a time are one look."""
    ends: dict[int, Detection] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(ways)))
    while answers:
        asked: dict[int, _Asked] = {}
        for index, answer in answers.items():
            try:
                asked[index] = ways[index].send(answer)
            except StopIteration as end:
                ends[index] = end.value
        found = look_closer(list(asked.values())) if asked else []
        answers = dict(zip(asked, found, strict=True))
    return [ends[index] for index in range(len(ways))]


class _Leaning:
    """One face on the way to be seen upright, in pixels of the original picture."""

    def __init__(self, looks: Looks, frame: Frame, face: Detection, *, turned: bool) -> None:
        self._frame, self._face = frame, face
        self._turned, self._coarse = turned, looks.coarse
        self._look, self._model = looks.upright, looks.pose

    def settle(self) -> _Way:
        """Asks for squares; in the end as seen last, upright where the first one shows no face."""
        if self._face.landmarks is None or self._face.is_placed:
            return self._face
        pose, face = read_pose(self._face.landmarks.points, self._model), self._face
        left, roll = pose.roll, 0.0
        leans = self._leans(left) or (self._turned and pose.misfit > self._look.from_misfit)
        needed = leans or self._is_coarse()
        if not leans:
            left = 0.0
        for _ in range(self._look.times):
            roll = wrapped(roll + left)
            found = yield from self._find(face, roll, needed=needed)
            if found is None or found.landmarks is None:
                return self._unfound(face, leans=leans)
            face = found
            left = wrapped(read_pose(found.landmarks.points, self._model).roll - roll)
            if not self._leans(left):
                break
            needed = True
        return face

    def _leans(self, degrees: float) -> bool:
        return self._turned and abs(degrees) > self._look.from_roll

    def _is_coarse(self) -> bool:
        return self._coarse is not None and self._face.seen_px < self._coarse.settle_px

    def _unfound(self, face: Detection, *, leans: bool) -> Detection:
        return _upright(face) if leans and face is self._face else face

    def _find(
        self, face: Detection, roll: float, *, needed: bool
    ) -> Generator[_Asked, list[Detection], Detection | None]:
        """The face in a square that leans by ``roll``, with the score that it had."""
        (here,) = self._frame.from_original([face])
        assert here is not None
        image = self._frame.image
        square = Region(square_around(here.box, self._look.square), roll)
        found = yield _Asked(square, here.box, needed)
        again = [one for one in found if one.box.overlap(here.box) > LEAST_OVERLAP]
        if not again:
            return None
        best = max(again, key=lambda one: one.score)
        clipped = replace(best, box=best.box.clipped(*image.size), score=face.score)
        return self._frame.to_original([clipped])[0]


def _upright(face: Detection) -> Detection:
    assert face.landmarks is not None
    return replace(face, landmarks=replace(face.landmarks, trust=0.0, roll=0.0))
