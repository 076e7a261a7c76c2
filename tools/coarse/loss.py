"""How far a network is from what CenterFace sees in lessons: scores, boxes and points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.detection.networks.face import COARSE_CELL_PX
from tools.detector.agreement import LEANING, apart_from_mean, peaks_of
from tools.detector.network import HEADS, split_heads

WEIGHTS: Final[Mapping[str, float]] = {"heat": 1.0, "size": 0.5, "offset": 0.5, "landmarks": 2.0}
_LEAST_SCORE: Final = 0.1
"""Cells below tell no box and are no peaks."""
_GROUND: Final = 0.02
_PEAK: Final = 4.0
"""What a cell counts that scores most around it, by either, beside what it scores."""
SMALL_PX: Final = 12.0
"""Root of the area of faces, as such a network sees them, of which smaller ones count little."""
_SMALL: Final = 0.3
"""What a peak counts of those."""
_BOX_PEAK: Final = 2.0
_FEWEST: Final = 20.0
"""Faces that sums are divided by at least."""
_FACE: Final = 0.5
"""What scores so much is proposed as surely as anything, and half of that half as surely."""
_LEAST_PROPOSED: Final = 0.08
_PROPOSED: Final = 2.0
_PROPOSED_PEAK: Final = 6.0

CompareHeat = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Logits, the scores wanted and what their peaks count, each N×1×h×w, to a loss."""


def compare(
    found: Tensor, wanted: Tensor, compare_heat: CompareHeat, small_px: float = SMALL_PX
) -> dict[str, Tensor]:
    """Losses by the names of WEIGHTS: N×15×h×w heads beside N×15×h×w cells of lessons.

    Peaks of faces below ``small_px`` count little.
    """
    own, cells = split_heads(found), split_heads(wanted)
    score = cells["heat"]
    peak = peaks_of(score, _LEAST_SCORE).float()
    weight = score * (score > _LEAST_SCORE) + _BOX_PEAK * peak
    total = weight.sum().clamp(min=_FEWEST / 2)
    leaning = weight * (1.0 + LEANING * apart_from_mean(cells["landmarks"], peak * (0.3 + score)))
    points = HEADS["landmarks"] // 2
    return {
        "heat": compare_heat(own["heat"], score, _count(peak, cells["size"], small_px)),
        "size": _far(own["size"], cells["size"], weight) / total,
        "offset": _far(own["offset"], cells["offset"], weight) / total,
        "landmarks": _far(own["landmarks"], cells["landmarks"], leaning) / total / points,
    }


def _count(peak: Tensor, size: Tensor, small_px: float) -> Tensor:
    large = size.mean(1, keepdim=True) > math.log(small_px / COARSE_CELL_PX)
    return peak * torch.where(large, 1.0, _SMALL)


def detect(logit: Tensor, score: Tensor, peak: Tensor) -> Tensor:
    """Faces count most, those that are seen where none is as much as those that are missed."""
    own = torch.sigmoid(logit.detach())
    each = functional.binary_cross_entropy_with_logits(logit, score, reduction="none")
    most = torch.maximum(peak, peaks_of(own, _LEAST_SCORE).float())
    weight = _GROUND + score + own + _PEAK * most
    return (each * weight).sum() / (score.sum() + _FEWEST)


def propose(logit: Tensor, score: Tensor, peak: Tensor) -> Tensor:
    """Faces that are missed count most: what is seen far from any is looked at again."""
    face = (score / _FACE).clamp(max=1.0)
    each = functional.binary_cross_entropy_with_logits(logit, face, reduction="none")
    taken = torch.sigmoid(logit.detach())
    far = 1.0 - functional.max_pool2d(face, 3, 1, 1)
    near = _PROPOSED * face * (score > _LEAST_PROPOSED)
    weight = _GROUND + near + taken * far + _PROPOSED_PEAK * peak
    return (each * weight).sum() / (face.sum() + _FEWEST)


def _far(own: Tensor, other: Tensor, weight: Tensor) -> Tensor:
    return ((own - other).abs() * weight).sum()
