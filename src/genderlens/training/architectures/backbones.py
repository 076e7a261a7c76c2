"""Networks of timm as the builders of this folder want them."""

from __future__ import annotations

from typing import Any

import timm
from torch import nn

from genderlens.training.weights.heads import find_last_linear


def create_backbone(name: str, num_logits: int, **options: Any) -> nn.Module:
    """A network of timm whose classifier starts out undecided: N×3×H×W → N×``num_logits``."""
    network: nn.Module = timm.create_model(name, num_classes=num_logits, **options)
    settle(network)
    return network


def settle(network: nn.Module) -> None:
    """Make the last layer's answers small, so that the first loss is that of knowing nothing."""
    _, head = find_last_linear(network)
    nn.init.normal_(head.weight, std=0.01)
    nn.init.zeros_(head.bias)
