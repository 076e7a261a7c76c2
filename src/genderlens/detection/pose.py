"""Five points of a face to its roll: the turn that lays a mean face over them best.

Least squares over all five, not the line through the eyes, since in profile the eyes nearly meet
and the line from eyes to mouth goes on telling. What yaw adds to the roll is taken off again.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from genderlens.detection.looks import PoseModel
from genderlens.types import Landmarks, Point

STEPS_PER_DEGREE = 4
"""Rolls lie on this grid, so that the last digits of an engine's floats move no crop."""
Plane = list[complex]
"""Points of a plane, across and down; five are too few for arrays to pay."""
_LEAST_HEIGHT = 0.05
"""From eyes to mouth, in roots of the box's area; below that nothing tells yaw."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What the points alone say: ``roll`` in degrees clockwise (-180..180), ``yaw`` as PoseModel
    has it, and ``misfit``, their distance to the mean face in spreads of the points (0..1)."""

    roll: float
    yaw: float
    misfit: float


def read_pose(points: Sequence[Point], model: PoseModel) -> Pose:
    """The pose; of points that all lie in one place, upright with the largest misfit."""
    seen, mean = _centred(points), _mean_face(model.face)
    overlaps = (one.conjugate() * other for one, other in zip(mean, seen, strict=True))
    turn = sum(overlaps) / _spread(mean)
    spread = _spread(seen)
    if abs(turn) == 0.0 or spread == 0.0:
        return Pose(0.0, 0.0, 1.0)
    missed = [one - turn * other for one, other in zip(seen, mean, strict=True)]
    misfit = math.sqrt(_spread(missed) / spread)
    yaw = _yaw([one / turn for one in seen])
    bounded = min(max(yaw, -model.most_yaw), model.most_yaw)
    roll = math.degrees(cmath.phase(turn)) - model.yaw_roll * bounded
    return Pose(wrapped(roll), yaw, misfit)


def read_landmarks(
    points: Sequence[Point], size_px: float, model: PoseModel, *, turned_by: float = 0.0
) -> Landmarks:
    """The points with what they say; ``size_px`` is the root of the box's area as looked at.

    ``turned_by``: degrees clockwise that the view leant in which the points were seen. They are in
    that view and the roll told is in the picture. That a face was found in the view is believed;
    only what is left of its roll counts as far as the points can be trusted.
    """
    pose = read_pose(points, model)
    trust = _falling(pose.misfit, *model.misfits) * _rising(size_px, *model.sizes_px)
    whole = wrapped(turned_by + pose.roll * trust)
    roll = leaning_roll(whole, model.ignored_roll, model.whole_roll)
    return Landmarks(tuple(points), trust, roll)


def leaning_roll(seen: float, ignored: float, whole: float) -> float:
    """0 up to the one roll, as seen from the other on, and on the grid of rolls."""
    roll = seen * _rising(abs(seen), ignored, whole)
    return round(roll * STEPS_PER_DEGREE) / STEPS_PER_DEGREE


def wrapped(degrees: float) -> float:
    """The same turn in -180..180."""
    return (degrees + 180.0) % 360.0 - 180.0


def _centred(points: Sequence[Point]) -> Plane:
    numbers = [complex(*point) for point in points]
    centre = sum(numbers) / len(numbers)
    return [one - centre for one in numbers]


@cache
def _mean_face(points: tuple[Point, ...]) -> Plane:
    return _centred(points)


def _spread(numbers: Plane) -> float:
    return sum(one.real * one.real + one.imag * one.imag for one in numbers)


def _yaw(face: Plane) -> float:
    """How far the nose lies to the right of the middle of an upright face."""
    eyes, mouth = (face[0] + face[1]) / 2, (face[3] + face[4]) / 2
    height = (mouth - eyes).imag
    return (face[2] - (eyes + mouth) / 2).real / height if height > _LEAST_HEIGHT else 0.0


def _rising(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _falling(value: float, low: float, high: float) -> float:
    """1 up to ``low``, 0 from ``high`` on."""
    return 1.0 - _rising(value, low, high)
