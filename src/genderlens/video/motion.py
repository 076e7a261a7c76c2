"""Where a face will be: a Kalman filter of constant velocity on its box."""

from __future__ import annotations

from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from genderlens.types import Box

Floats = NDArray[np.float64]

_SEEN: Final = np.array([0.05, 0.05, 0.06, 0.06])
"""Standard deviation of what is measured: of the centre in sides of the face, of log sizes."""
_PUSHED: Final = np.array([3.0, 3.0, 0.5, 0.5])
"""Standard deviation of the acceleration, per s²."""
_UNKNOWN: Final = np.array([2.0, 2.0, 0.5, 0.5])
"""Standard deviation of the velocity at first, per s."""


class Motion:
    """Centre (pixels) and log width and height of a box, each with its velocity per second."""

    def __init__(self, state: Floats, covariance: Floats) -> None:
        """``state`` is 4×2 (value, velocity), ``covariance`` 4×2×2."""
        self._state, self._covariance = state, covariance

    @classmethod
    def start(cls, box: Box) -> Self:
        """A face seen for the first time, at rest as far as is known."""
        values = _measure(box)
        covariance = np.zeros((4, 2, 2))
        scale = _scale(values)
        covariance[:, 0, 0] = (_SEEN * scale) ** 2
        covariance[:, 1, 1] = (_UNKNOWN * scale) ** 2
        return cls(np.stack([values, np.zeros(4)], axis=1), covariance)

    @property
    def box(self) -> Box:
        """Where the face is taken to be, in pixels."""
        across, down, width, height = self._state[:, 0]
        half_width, half_height = float(np.exp(width)) / 2, float(np.exp(height)) / 2
        return Box(across - half_width, down - half_height, across + half_width, down + half_height)

    def after(self, seconds: float) -> Motion:
        """The same so much later, less certain."""
        step = np.array([[1.0, seconds], [0.0, 1.0]])
        pushed = np.array([[seconds**4 / 4, seconds**3 / 2], [seconds**3 / 2, seconds**2]])
        noise = ((_PUSHED * _scale(self._state[:, 0])) ** 2)[:, None, None] * pushed
        return Motion(self._state @ step.T, step @ self._covariance @ step.T + noise)

    def seen(self, box: Box) -> Motion:
        """The same once the face was found there."""
        values = _measure(box)
        noise = (_SEEN * _scale(values)) ** 2
        gain = self._covariance[:, :, 0] / (self._covariance[:, 0, 0] + noise)[:, None]
        state = self._state + gain * (values - self._state[:, 0])[:, None]
        covariance = self._covariance - gain[:, :, None] * self._covariance[:, None, 0, :]
        return Motion(state, covariance)

    def to_json(self) -> dict[str, Any]:
        """For the file that a run goes on from."""
        return {"state": self._state.tolist(), "covariance": self._covariance.tolist()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(np.array(stored["state"]), np.array(stored["covariance"]))


def _measure(box: Box) -> Floats:
    across, down = box.center
    sizes = np.log(np.maximum([box.width, box.height], 1.0))
    return np.array([across, down, *sizes])


def _scale(values: Floats) -> Floats:
    """Pixels of a side for the centre; sizes are logarithms and have none."""
    side = float(np.exp((values[2] + values[3]) / 2))
    return np.array([side, side, 1.0, 1.0])
