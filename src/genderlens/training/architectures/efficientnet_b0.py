"""EfficientNet-B0 under a dense layer of its own."""

from __future__ import annotations

from typing import Any

import timm
from timm.models import build_model_with_cfg, generate_default_cfgs, register_model
from timm.models.efficientnet import EfficientNet
from torch import nn

from genderlens.training.architectures import architecture
from genderlens.training.architectures.backbones import create_backbone

default_cfgs = generate_default_cfgs(
    {
        "genderlens_efficientnet_b0.ra_in1k": {
            "hf_hub_id": "timm/efficientnet_b0.ra_in1k",
            "first_conv": "conv_stem",
            "classifier": "classifier",
        }
    }
)
"""Where timm finds ImageNet weights: those of its own EfficientNet-B0, whose names are kept."""


@architecture
def efficientnet_b0(
    num_logits: int,
    *,
    hidden: int = 512,
    drop_rate: float = 0.3,
    drop_path_rate: float = 0.0,
    pretrained: bool = False,
) -> nn.Module:
    """EfficientNet-B0 (Tan & Le, ICML 2019), global average, then dense ``hidden`` with batch norm,
    ReLU and dropout; input N×3×H×W, output N×``num_logits``.
    """
    return create_backbone(
        "genderlens_efficientnet_b0",
        num_logits,
        hidden=hidden,
        drop_rate=drop_rate,
        drop_path_rate=drop_path_rate,
        pretrained=pretrained,
    )


@register_model
def genderlens_efficientnet_b0(pretrained: bool = False, **kwargs: Any) -> EfficientNet:
    """The name under which timm creates and loads it."""
    network: EfficientNet = build_model_with_cfg(
        _build, "genderlens_efficientnet_b0", pretrained, **kwargs
    )
    return network


def _build(num_classes: int = 1, hidden: int = 512, drop_rate: float = 0.3, **kwargs: Any) -> Any:
    network: Any = timm.create_model("efficientnet_b0", num_classes=num_classes, **kwargs)
    network.classifier = nn.Sequential(
        nn.Linear(network.head_hidden_size, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(drop_rate),
        nn.Linear(hidden, num_classes),
    )
    return network
