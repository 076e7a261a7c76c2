"""A convolutional network from scratch: four convolutions, two dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import timm
from timm.models import build_model_with_cfg, generate_default_cfgs, register_model
from torch import Tensor, nn

from genderlens.training.architectures import architecture

default_cfgs = generate_default_cfgs(
    {"genderlens_custom_cnn": {"input_size": (3, 218, 178), "classifier": "fc"}}
)


class CustomCnn(nn.Module):
    """Convolutions of 5, 3, 3 and 3 pixels, each with batch norm, swish and max-pool; dense layers.

    The last maps are averaged to the grid of ``img_size`` (height and width in pixels) where the
    input has another size, so that any size from 16 pixels on works.
    """

    def __init__(
        self,
        num_classes: int = 1,
        in_chans: int = 3,
        *,
        channels: Sequence[int] = (32, 64, 96, 128),
        hidden: int = 512,
        img_size: Sequence[int] = (218, 178),
        drop_rate: float = 0.3,
    ) -> None:
        super().__init__()
        self.num_classes, self.num_features, self.head_hidden_size = (
            num_classes,
            channels[-1],
            hidden,
        )
        widths = (in_chans, *channels)
        blocks: list[nn.Module] = []
        for index, (before, after) in enumerate(pairwise(widths)):
            side = 5 if index == 0 else 3
            blocks += [nn.MaxPool2d(2)] if index else []
            blocks += [nn.Conv2d(before, after, side, padding=side // 2)]
            blocks += [nn.BatchNorm2d(after), nn.SiLU()]
        self.features = nn.Sequential(*blocks)
        self.pool = nn.MaxPool2d(2)
        grid = tuple(max(1, side // 2 ** len(channels)) for side in img_size)
        self.resample = nn.AdaptiveAvgPool2d(grid)
        flat = channels[-1] * grid[0] * grid[1]
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(flat, hidden), nn.SiLU())
        self.dropout = nn.Dropout(drop_rate)
        self.reset_classifier(num_classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """N×3×H×W to the last convolution's maps, before they are pooled."""
        maps: Tensor = self.features(x)
        return maps

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Maps to logits, or to what the last layer sees."""
        x = self.dropout(self.dense(self.resample(self.pool(x))))
        return x if pre_logits else self.fc(x)

    def get_classifier(self) -> nn.Module:
        return self.fc

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """A new last layer; none for 0. ``global_pool`` is there for timm, which may give it."""
        self.num_classes = num_classes
        self.fc = nn.Linear(self.head_hidden_size, num_classes) if num_classes else nn.Identity()


@architecture
def custom_cnn(
    num_logits: int,
    *,
    channels: Sequence[int] = (32, 64, 96, 128),
    hidden: int = 512,
    img_size: Sequence[int] = (218, 178),
    drop_rate: float = 0.3,
    pretrained: bool = False,
) -> nn.Module:
    """The network from scratch that swish (Ramachandran et al., 2017) and batch norm train quickly.

    Input N×3×H×W, output N×``num_logits``.
    """
    network: nn.Module = timm.create_model(
        "genderlens_custom_cnn",
        num_classes=num_logits,
        channels=tuple(channels),
        hidden=hidden,
        img_size=tuple(img_size),
        drop_rate=drop_rate,
        pretrained=pretrained,
    )
    return network


@register_model
def genderlens_custom_cnn(pretrained: bool = False, **kwargs: Any) -> CustomCnn:
    """The name under which timm creates and loads it."""
    return build_model_with_cfg(CustomCnn, "genderlens_custom_cnn", pretrained, **kwargs)
