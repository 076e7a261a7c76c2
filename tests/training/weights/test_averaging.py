from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from genderlens.training.weights.averaging import MovingAverage
from genderlens.training.weights.decay import decay_at


def averaged(decay: float) -> tuple[nn.Linear, AveragedModel]:
    """A weight of 0 that is 1 from the second update on, and its average."""
    network = nn.Linear(1, 1, bias=False)
    network.register_buffer("steps", torch.tensor(0))
    nn.init.zeros_(network.weight)
    options = MovingAverage(decay)._kwargs
    average = AveragedModel(network, use_buffers=True, **options)
    average.update_parameters(network)
    nn.init.ones_(network.weight)
    return network, average


def test_a_short_training_forgets_its_first_weights() -> None:
    network, average = averaged(0.999)
    for _ in range(100):
        average.update_parameters(network)
    assert average.module.weight.item() > 0.999  # a fixed decay would be at 0.095


def test_each_step_is_the_average_that_the_decay_says() -> None:
    network, average = averaged(0.999)
    stays = 1.0
    for step in range(1, 6):
        average.update_parameters(network)
        stays *= decay_at(step, 0.999)
        assert average.module.weight.item() == pytest.approx(1.0 - stays)


def test_counters_are_taken_over() -> None:
    network, average = averaged(0.9)
    network.steps += 7
    average.update_parameters(network)
    assert average.module.steps.item() == 7
