"""Grad-CAM: which places of a picture spoke for the answer.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization", ICCV 2017. The last feature maps are summed, each weighted by the mean gradient of
the logit in it. The sum keeps its sign: of a binary head, positive places speak for its positive
label and negative ones for the other, so that ReLU of it, or of its negative, is the Grad-CAM of
that label. Of other heads the likeliest label is explained: positive places speak for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from timm.models.vgg import VGG
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from genderlens.errors import TrainingError
from genderlens.heads import Head
from genderlens.heads.default import GENDER

Part = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Split:
    """A network cut at its last feature maps."""

    trunk: Part
    """N×3×H×W to features."""
    head: Part
    """Features to N×logits."""
    maps: Part
    """Features, or gradients of their shape, to N×C×h×w."""

    def weigh(self, features: Tensor, gradient: Tensor) -> Tensor:
        """N×h×w from the features and the logit's gradient in them."""
        weights = self.maps(gradient).mean((2, 3), keepdim=True)
        return (weights * self.maps(features)).sum(1)


def split_network(network: nn.Module, example: Tensor) -> Split | None:
    """Where to cut; None for a network whose features are no maps.

    ``example`` is a batch N×3×H×W of the size that is to be explained.
    """
    if isinstance(network, VisionTransformer):
        return _split_transformer(network, example)
    if isinstance(network, VGG):
        return _split_vgg(network)
    if not (hasattr(network, "forward_features") and hasattr(network, "forward_head")):
        return None
    parts: Any = network
    split = Split(parts.forward_features, parts.forward_head, _maps_of(network))
    with torch.no_grad():
        return split if split.trunk(example).ndim == 4 else None


def explain(network: nn.Module, batch: Tensor, head: Head = GENDER) -> Tensor:
    """Signed maps N×h×w for pictures N×3×H×W, of the first head of a network in evaluation mode.

    TrainingError for a network whose features are no maps.
    """
    split = split_network(network, batch[:1])
    if split is None:
        raise TrainingError(
            f"{type(network).__name__} has no feature maps that Grad-CAM could weigh"
        )
    with torch.no_grad():
        features = split.trunk(batch)
    return split.weigh(features, gradient_of(split.head, features, head))


def gradient_of(part: Part, features: Tensor, head: Head = GENDER) -> Tensor:
    """The gradient, in each picture's features, of the logit that is explained."""
    with torch.enable_grad():
        leaf = features.detach().requires_grad_()
        logits = part(leaf)
        told = logits if logits.shape[1] == 1 else logits * _answering(logits.detach(), head)
        (gradient,) = torch.autograd.grad(told.sum(), leaf)
    return gradient


def _answering(logits: Tensor, head: Head) -> Tensor:
    """1 at the logit that is explained, 0 at all others: N×logits."""
    first, others = logits[:, : head.width], logits[:, head.width :]
    chosen = torch.ones_like(first)
    if not head.is_binary:
        chosen = (first >= first.amax(1, keepdim=True)).to(first.dtype)
    return torch.cat([chosen, torch.zeros_like(others)], 1)


def _maps_of(network: nn.Module) -> Part:
    """Some networks of timm, such as Swin, keep their channels last."""
    if getattr(network, "output_fmt", "NCHW") == "NHWC":
        return lambda features: features.permute(0, 3, 1, 2)
    return lambda features: features


def _split_vgg(network: VGG) -> Split:
    """Before the last pooling, which would halve the map's resolution."""
    convolutions, pool = network.features[:-1], network.features[-1]
    return Split(convolutions, lambda maps: network.forward_head(pool(maps)), _maps_of(network))


def _split_transformer(network: VisionTransformer, example: Tensor) -> Split:
    """Before the last block: after it, only the class token reaches the logit."""
    *before, last = network.blocks
    height, width = example.shape[-2:]
    grid = network.patch_embed.dynamic_feat_size((height, width))

    def trunk(pictures: Tensor) -> Tensor:
        tokens: Tensor = network.patch_drop(network._pos_embed(network.patch_embed(pictures)))
        tokens = network.norm_pre(tokens)
        for block in before:
            tokens = block(tokens)
        return tokens

    def head(tokens: Tensor) -> Tensor:
        logits: Tensor = network.forward_head(network.norm(last(tokens)))
        return logits

    def maps(tokens: Tensor) -> Tensor:
        patches = tokens[:, network.num_prefix_tokens :].transpose(1, 2)
        return patches.reshape(*patches.shape[:2], *grid)

    return Split(trunk, head, maps)
