"""Batch norms that lost their statistics get them back from the pictures that are to teach.

A norm that was folded into its layer and taken apart again adds a bias and does nothing else. That
is right as long as it is not trained: while it is, a norm uses the statistics of each batch, and
would give something else. With mean and variance measured, and scale and bias to match, it gives
the same both ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


@dataclass
class _Sums:
    """Sums over pictures and places, by channel, in double precision."""

    count: int = 0
    total: Tensor | float = 0.0
    squares: Tensor | float = 0.0

    def add(self, values: Tensor) -> None:
        axes = [axis for axis in range(values.ndim) if axis != 1]
        wide = values.double()
        self.count += values.numel() // values.shape[1]
        self.total = self.total + wide.sum(axes)
        self.squares = self.squares + wide.square().sum(axes)


def lacks_statistics(network: nn.Module) -> bool:
    """Whether every batch norm does nothing but add; see ``bundle_weights`` beside this file."""
    norms = list(_norms(network).values())
    return bool(norms) and all(_only_adds(norm) for norm in norms)


def restore_statistics(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Measure mean and variance of every batch norm, in place; answers stay as they are.

    ``batches`` are N×3×H×W as the network takes them.
    """
    norms = _norms(network)
    sums = {name: _Sums() for name in norms}

    def watch(name: str) -> Any:
        return lambda _, inputs: sums[name].add(inputs[0])

    hooks = [norm.register_forward_pre_hook(watch(name)) for name, norm in norms.items()]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()
            for batch in batches:
                network(batch)
    finally:
        network.train(was_training)
        for hook in hooks:
            hook.remove()
    for name, norm in norms.items():
        _adopt(norm, sums[name])


def _norms(network: nn.Module) -> dict[str, _BatchNorm]:
    return {n: module for n, module in network.named_modules() if isinstance(module, _BatchNorm)}


def _only_adds(norm: _BatchNorm) -> bool:
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None or norm.weight is None:
        return False
    spread = torch.ones_like(variance) - norm.eps
    return bool((mean == 0).all() and (norm.weight == 1).all() and torch.equal(variance, spread))


def _adopt(norm: _BatchNorm, sums: _Sums) -> None:
    """Scale and bias such that the norm gives what it gave before."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean = torch.as_tensor(sums.total) / sums.count
    variance = (torch.as_tensor(sums.squares) / sums.count - mean.square()).clamp(min=0.0)
    with torch.no_grad():
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean.to(norm.bias))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
