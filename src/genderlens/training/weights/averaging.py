"""An exponential moving average of the weights that forgets where it started.

With a fixed decay of 0.999 an average is half initial, random weights after 700 steps, which is all
that a small data set has. Here step n decays by min(decay, (1 + n) / (10 + n)), the rule of
TensorFlow's ``ExponentialMovingAverage``: at first the average follows closely, later slowly.
Source of averaging: Tarvainen & Valpola, "Mean teachers are better role models" (NeurIPS 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor

from genderlens.training.weights.decay import decay_at


class MovingAverage(WeightAveraging):
    """Averages after every step; judged, checkpointed and handed on are the averaged weights."""

    def __init__(self, decay: float) -> None:
        super().__init__(multi_avg_fn=_Averaging(decay))


class _Averaging:
    """What ``torch.optim.swa_utils.AveragedModel`` calls for tensors of one device and type."""

    def __init__(self, decay: float) -> None:
        self._decay = decay

    @torch.no_grad()
    def __call__(
        self, averaged: Sequence[Tensor], current: Sequence[Tensor], steps: Tensor | int
    ) -> None:
        if not averaged[0].is_floating_point():  # a counter: an average of it says nothing
            torch._foreach_copy_(list(averaged), list(current))
            return
        share: Any = 1.0 - decay_at(int(steps), self._decay)
        torch._foreach_lerp_(list(averaged), list(current), share)
