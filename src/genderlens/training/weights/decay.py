"""How much of a moving average of the weights stays at a step."""

from __future__ import annotations


def decay_at(step: int, decay: float) -> float:
    """The decay at a step counted from 0: min(decay, (1 + step) / (10 + step)).

    The rule of TensorFlow's ``ExponentialMovingAverage``: at first the average follows closely,
    later slowly, so that a short training does not end with half of its random start.
    """
    return min(decay, (1 + step) / (10 + step))
