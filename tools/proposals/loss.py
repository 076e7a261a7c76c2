"""How far proposals are from what CenterFace sees: a face must not be missed, a place may be."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_FACE: Final = 0.5
"""What scores so much is a face as much as any; half of that is half as likely one."""
_LEAST_SCORE: Final = 0.08
_LEAST_PEAK: Final = 0.12
_LEAST_SIZED: Final = 0.2
_GROUND: Final = 0.02
_NEAR: Final = 2.0
_PEAK: Final = 6.0
_PEAK_SIZE: Final = 3.0
_FEWEST: Final = 20.0
"""Faces that sums are divided by at least."""


def compare(found: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Losses ``heat`` and ``size`` of N×2×h×w heads beside N×2×h×w cells of lessons."""
    score = wanted[:, :1]
    peak = peaks_of(score, _LEAST_PEAK).float()
    return {
        "heat": _compare_heat(found[:, :1], score, peak),
        "size": _compare_size(found[:, 1:], wanted[:, 1:], score, peak),
    }


def peaks_of(score: Tensor, least: float) -> Tensor:
    """Cells that score ``least`` or more, and most of all around them."""
    return (score == functional.max_pool2d(score, 3, 1, 1)) & (score >= least)


def _compare_heat(logit: Tensor, score: Tensor, peak: Tensor) -> Tensor:
    """Peaks weigh most, then cells that are taken for a face far from any."""
    face = (score / _FACE).clamp(max=1.0)
    each = functional.binary_cross_entropy_with_logits(logit, face, reduction="none")
    taken = torch.sigmoid(logit.detach())
    far = 1.0 - functional.max_pool2d(face, 3, 1, 1)
    near = _NEAR * face * (score > _LEAST_SCORE)
    weight = _GROUND + near + taken * far + _PEAK * peak
    return (each * weight).sum() / (face.sum() + _FEWEST)


def _compare_size(own: Tensor, other: Tensor, score: Tensor, peak: Tensor) -> Tensor:
    weight = (score > _LEAST_SIZED) * (1.0 + _PEAK_SIZE * peak)
    return ((own - other).abs() * weight).sum() / weight.sum().clamp(min=_FEWEST / 2)
