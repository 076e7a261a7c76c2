"""EfficientNet-Lite 0, 1 and 2: no squeeze-and-excitation, ReLU6, made for INT8 on CPUs."""

from __future__ import annotations

from typing import Any

import timm
from timm.models import build_model_with_cfg, generate_default_cfgs, register_model
from timm.models.efficientnet import EfficientNet
from torch import nn

from genderlens.errors import RecipeError
from genderlens.training.architectures import architecture
from genderlens.training.architectures.backbones import create_backbone

_STAGES = 7
_NAMES = tuple(f"genderlens_efficientnet_lite{size}" for size in range(3))

default_cfgs = generate_default_cfgs(
    {name: {"first_conv": "conv_stem", "classifier": "classifier"} for name in _NAMES}
)


@architecture
def efficientnet_lite0(num_logits: int, **options: Any) -> nn.Module:
    """Width 1.0, depth 1.0, made for 224 px; see _create_lite for the options."""
    return _create_lite(0, num_logits, **options)


@architecture
def efficientnet_lite1(num_logits: int, **options: Any) -> nn.Module:
    """Width 1.0, depth 1.1, made for 240 px; see _create_lite for the options."""
    return _create_lite(1, num_logits, **options)


@architecture
def efficientnet_lite2(num_logits: int, **options: Any) -> nn.Module:
    """Width 1.1, depth 1.2, made for 260 px; see _create_lite for the options."""
    return _create_lite(2, num_logits, **options)


def _create_lite(
    size: int,
    num_logits: int,
    *,
    stages: int = _STAGES,
    head_width: int = 1280,
    drop_rate: float = 0.2,
    drop_path_rate: float = 0.0,
    pretrained: bool = False,
) -> nn.Module:
    """EfficientNet-Lite (Liu, 2020; after Tan & Le, ICML 2019); N×3×H×W to N×``num_logits``.

    ``stages`` of 7 are kept, the last ones dropped first, and a 1×1 convolution of ``head_width``
    channels stands before the average. RecipeError for a number of stages outside 1 to 7.
    """
    if not 1 <= stages <= _STAGES:
        raise RecipeError(f"efficientnet_lite{size} has 1 to {_STAGES} stages, not {stages!r}")
    return create_backbone(
        _NAMES[size],
        num_logits,
        stages=stages,
        head_width=head_width,
        drop_rate=drop_rate,
        drop_path_rate=drop_path_rate,
        pretrained=pretrained,
    )


@register_model
def genderlens_efficientnet_lite0(pretrained: bool = False, **kwargs: Any) -> EfficientNet:
    """The name under which timm creates and loads it."""
    return _build_with_cfg(0, pretrained, **kwargs)


@register_model
def genderlens_efficientnet_lite1(pretrained: bool = False, **kwargs: Any) -> EfficientNet:
    """The name under which timm creates and loads it."""
    return _build_with_cfg(1, pretrained, **kwargs)


@register_model
def genderlens_efficientnet_lite2(pretrained: bool = False, **kwargs: Any) -> EfficientNet:
    """The name under which timm creates and loads it."""
    return _build_with_cfg(2, pretrained, **kwargs)


def _build_with_cfg(size: int, pretrained: bool, **kwargs: Any) -> EfficientNet:
    network: EfficientNet = build_model_with_cfg(
        _build, _NAMES[size], pretrained, lite_size=size, **kwargs
    )
    return network


def _build(
    lite_size: int,
    num_classes: int = 1,
    stages: int = _STAGES,
    head_width: int = 1280,
    **kwargs: Any,
) -> Any:
    network: Any = timm.create_model(
        f"efficientnet_lite{lite_size}", num_classes=num_classes, **{"bn_eps": 1e-3, **kwargs}
    )
    if (stages, head_width) != (_STAGES, network.num_features):
        _cut(network, stages, head_width)
    return network


def _cut(network: Any, stages: int, head_width: int) -> None:
    """Drop the stages behind the first ``stages`` and give what is left a head of its own."""
    network.blocks = network.blocks[:stages]
    last = network.blocks[-1][-1]
    narrow = last.conv_pwl if hasattr(last, "conv_pwl") else last.conv_pw
    width = narrow.out_channels
    network.conv_head = nn.Conv2d(width, head_width, 1, bias=False)
    nn.init.kaiming_normal_(network.conv_head.weight, mode="fan_out")
    before = network.bn2
    network.bn2 = type(before)(head_width, eps=before.eps, act_layer=nn.ReLU6)
    network.num_features = network.head_hidden_size = head_width
    network.classifier = nn.Linear(head_width, network.num_classes)
