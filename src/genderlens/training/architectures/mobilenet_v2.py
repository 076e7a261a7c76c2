"""MobileNetV2: inverted residuals, small and quick on a CPU."""

from __future__ import annotations

from typing import Final

from torch import nn

from genderlens.errors import RecipeError
from genderlens.training.architectures import architecture
from genderlens.training.architectures.backbones import create_backbone

_WIDTHS: Final = (35, 50, 75, 100, 140)


@architecture
def mobilenet_v2(
    num_logits: int, *, width: int = 100, drop_rate: float = 0.2, pretrained: bool = False
) -> nn.Module:
    """MobileNetV2 (Sandler et al., CVPR 2018); ``width`` is in per cent of the paper's channels.

    Input N×3×H×W, output N×``num_logits``. RecipeError for a width that timm has no network of.
    """
    if width not in _WIDTHS:
        known = ", ".join(map(str, _WIDTHS))
        raise RecipeError(f"mobilenet_v2 has no width {width!r}; give one of {known}")
    name = f"mobilenetv2_{width:03d}"
    return create_backbone(name, num_logits, drop_rate=drop_rate, pretrained=pretrained)
