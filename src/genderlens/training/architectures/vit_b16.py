"""ViT-B/16: a transformer over patches of 16 × 16 pixels."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from genderlens.training.architectures import architecture
from genderlens.training.architectures.backbones import create_backbone


@architecture
def vit_b16(
    num_logits: int,
    *,
    img_size: int | Sequence[int] = 224,
    dynamic_img_size: bool = False,
    embed_dim: int = 768,
    depth: int = 12,
    num_heads: int = 12,
    drop_rate: float = 0.0,
    drop_path_rate: float = 0.0,
    pretrained: bool = False,
) -> nn.Module:
    """ViT-B/16 (Dosovitskiy et al., ICLR 2021); input N×3×H×W, output N×``num_logits``.

    ``img_size`` is the side, or height and width, in pixels that the position embedding is made
    for; inputs of another size need ``dynamic_img_size``, which resamples it at every call.
    """
    return create_backbone(
        "vit_base_patch16_224",
        num_logits,
        img_size=img_size if isinstance(img_size, int) else tuple(img_size),
        dynamic_img_size=dynamic_img_size,
        embed_dim=embed_dim,
        depth=depth,
        num_heads=num_heads,
        drop_rate=drop_rate,
        drop_path_rate=drop_path_rate,
        pretrained=pretrained,
    )
