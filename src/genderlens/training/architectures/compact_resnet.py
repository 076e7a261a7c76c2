"""A narrow ResNet-18-D that trains from scratch quickly on a CPU."""

from __future__ import annotations

from collections.abc import Sequence

import timm
from torch import nn

from genderlens.training.architectures import architecture


@architecture
def compact_resnet(
    num_logits: int, *, channels: Sequence[int] = (32, 64, 128, 256), pretrained: bool = False
) -> nn.Module:
    """ResNet-18-D (He et al. 2019) of the given widths; input N×3×H×W, output N×``num_logits``."""
    network: nn.Module = timm.create_model(
        "resnet18d",
        pretrained=pretrained,
        num_classes=num_logits,
        channels=tuple(channels),
        stem_width=16,
        zero_init_last=True,
    )
    head = network.get_submodule("fc")
    assert isinstance(head, nn.Linear)
    nn.init.normal_(head.weight, std=0.01)
    nn.init.zeros_(head.bias)
    return network
