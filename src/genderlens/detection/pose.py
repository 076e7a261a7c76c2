"""Five points of a face to its roll: the turn that lays a mean face over them best.

Least squares over all five, not the line through the eyes, since in profile the eyes nearly meet
and the line from eyes to mouth goes on telling. What yaw adds to the roll is taken off again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.detection.looks import PoseModel
from genderlens.types import Landmarks, Point

STEPS_PER_DEGREE = 4
"""Rolls lie on this grid, so that the last digits of an engine's floats move no crop."""
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
    seen, mean = _centred(points), _centred(model.face)
    turn = np.vdot(mean, seen) / np.vdot(mean, mean).real
    spread = np.vdot(seen, seen).real
    if abs(turn) == 0.0 or spread == 0.0:
        return Pose(0.0, 0.0, 1.0)
    misfit = float(np.sqrt(np.sum(np.abs(seen - turn * mean) ** 2) / spread))
    yaw = _yaw(seen / turn)
    bounded = min(max(yaw, -model.most_yaw), model.most_yaw)
    roll = float(np.degrees(np.angle(turn))) - model.yaw_roll * bounded
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


def _centred(points: Sequence[Point]) -> NDArray[np.complex128]:
    places = np.asarray(points, np.float64)
    numbers = places[:, 0] + 1j * places[:, 1]
    centred: NDArray[np.complex128] = numbers - numbers.mean()
    return centred


def _yaw(face: NDArray[np.complex128]) -> float:
    """How far the nose lies to the right of the middle of an upright face."""
    eyes, mouth = (face[0] + face[1]) / 2, (face[3] + face[4]) / 2
    height = (mouth - eyes).imag
    return float((face[2] - (eyes + mouth) / 2).real / height) if height > _LEAST_HEIGHT else 0.0


def _rising(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _falling(value: float, low: float, high: float) -> float:
    """1 up to ``low``, 0 from ``high`` on."""
    return 1.0 - _rising(value, low, high)
