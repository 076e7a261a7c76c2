"""Every architecture as small as its options let it be."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from genderlens.training.architectures import create_network, list_architectures

SHAPE = (64, 48)
"""Height and width in pixels."""
OPTIONS: dict[str, dict[str, Any]] = {
    "compact_resnet": {"channels": [8, 8, 8, 16]},
    "custom_cnn": {"channels": [8, 8, 8, 16], "hidden": 16, "img_size": [64, 48]},
    "efficientnet_b0": {"hidden": 16},
    "efficientnet_lite0": {"stages": 2, "head_width": 32},
    "efficientnet_lite1": {"stages": 2, "head_width": 32},
    "efficientnet_lite2": {"stages": 2, "head_width": 32},
    "mobilenet_v2": {"width": 35},
    "vgg16": {"mlp_ratio": 0.004, "batch_norm": True},
    "vgg19": {"mlp_ratio": 0.004, "batch_norm": True},
    "vit_b16": {"img_size": [64, 48], "embed_dim": 24, "depth": 2, "num_heads": 2},
}
NAMES = list_architectures()


def create_tiny(name: str, num_logits: int = 1) -> nn.Module:
    """A network of fixed random weights; one without options here is built as it is."""
    torch.manual_seed(0)
    return create_network(name, num_logits, OPTIONS.get(name, {}))
