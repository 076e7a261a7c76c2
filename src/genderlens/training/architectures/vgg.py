"""VGG16 and VGG19: plain 3 × 3 convolutions and three dense layers."""

from __future__ import annotations

from typing import Any

from torch import nn

from genderlens.training.architectures import architecture
from genderlens.training.architectures.backbones import create_backbone


@architecture
def vgg16(num_logits: int, **options: Any) -> nn.Module:
    """Thirteen convolutions; see _create_vgg for the options."""
    return _create_vgg("vgg16", num_logits, **options)


@architecture
def vgg19(num_logits: int, **options: Any) -> nn.Module:
    """Sixteen convolutions; see _create_vgg for the options."""
    return _create_vgg("vgg19", num_logits, **options)


def _create_vgg(
    name: str,
    num_logits: int,
    *,
    batch_norm: bool = False,
    mlp_ratio: float = 1.0,
    drop_rate: float = 0.5,
    pretrained: bool = False,
) -> nn.Module:
    """VGG (Simonyan & Zisserman, ICLR 2015); input N×3×H×W, output N×``num_logits``.

    ``mlp_ratio`` scales the 4,096 units of the first dense layer; feature maps below 7 × 7 are
    stretched to it, so any input from 32 pixels on works.
    """
    return create_backbone(
        f"{name}_bn" if batch_norm else name,
        num_logits,
        mlp_ratio=mlp_ratio,
        drop_rate=drop_rate,
        pretrained=pretrained,
    )
