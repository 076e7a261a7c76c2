"""What a head's logits cost: cross-entropy with labels or with a teacher, and distance in order."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.heads import HeadKind


def label_loss(kind: HeadKind, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """N losses of N×width logits for labels 0, 1, …; ``smoothing`` goes to the wrong ones.

    Binary heads: 0 and 1 become ``smoothing`` and 1 - ``smoothing``; others spread twice as much
    over all labels, which is the same for two.
    """
    if kind == "binary":
        wanted = labels * (1.0 - 2.0 * smoothing) + smoothing
        return functional.binary_cross_entropy_with_logits(logits[:, 0], wanted, reduction="none")
    return functional.cross_entropy(
        logits, labels.long(), reduction="none", label_smoothing=2.0 * smoothing
    )


def taught_loss(kind: HeadKind, logits: Tensor, teacher: Tensor, heat: float) -> Tensor:
    """N losses against what a teacher says, both softened by ``heat``.

    ``teacher``: N log-odds of a binary head, N×labels logits of another.
    """
    if kind == "binary":
        wanted = torch.sigmoid(teacher / heat)
        return functional.binary_cross_entropy_with_logits(
            logits[:, 0] / heat, wanted, reduction="none"
        )
    wanted = torch.softmax(teacher / heat, 1)
    return functional.cross_entropy(logits / heat, wanted, reduction="none")


def distance_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """N expected distances from the label under the softmax, as shares of the whole range."""
    places = torch.arange(logits.shape[1], device=logits.device, dtype=logits.dtype)
    away = (places[None, :] - labels[:, None].to(logits.dtype)).abs()
    return (torch.softmax(logits, 1) * away).sum(1) / (logits.shape[1] - 1)


def is_right(kind: HeadKind, logits: Tensor, labels: Tensor) -> Tensor:
    """N truth values: whether the likeliest label is that of the row."""
    said = (logits[:, 0] > 0).long() if kind == "binary" else logits.argmax(1)
    return said == labels.long()
