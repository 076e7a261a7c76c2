"""How far a narrow detector is from the whole one on the same pictures, as a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from tools.detector.network import HEADS, READ, split_heads

HINTS: Final = (*READ, "eighth_3", "sixteenth_3", "sixteenth_7", "last_2")
"""Blocks of the trunk whose outputs are told (Romero et al., "FitNets", ICLR 2015)."""
WEIGHTS: Final[Mapping[str, float]] = {
    **{"heat": 1.0, "logit": 0.5, "size": 1.0, "offset": 0.5, "landmarks": 4.0},
    **{"peak": 1.5, "peak_size": 2.0, "peak_offset": 1.0, "peak_landmarks": 10.0},
    **{"trunk": 2.0, "pyramid": 1.0},
}
FADING: Final = frozenset({"trunk", "pyramid"})
"""Parts that count less and less: what matters in the end is the answer."""
_LEAST_SCORE: Final = 0.08
"""Cells below tell no box."""
_FEWEST: Final = 20.0
"""Faces that sums are divided by at least."""
_LOGITS: Final = (-5.5, 6.0)
_POINTS: Final = HEADS["landmarks"] // 2
LEANING: Final = 12.0
"""How much more a face counts for each share of its box that its points lie apart from the mean."""


@dataclass(frozen=True)
class Agreement:
    """Callable: features of the narrow and the whole network → losses by the names of WEIGHTS."""

    chosen: Mapping[str, Tensor]
    """The channels of the whole one that the narrow one has, as ``prune`` gives them."""
    spreads: Mapping[str, float]
    """The variance of what the whole one gives, by its name."""

    def __call__(
        self, found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Scalars; means over cells weighted by the score that the whole network gives them."""
        own, other = found["out"], wanted["out"]
        losses = _compare_scores(own[:, :1], other[:, :1])
        score = torch.sigmoid(other[:, :1])
        cells = score * (score > _LEAST_SCORE)
        losses |= _compare_boxes(own, other, cells, "")
        losses["landmarks"] = _far_apart(own, other, "landmarks", cells) / _POINTS
        peaks = _peaks(other[:, :1])
        losses["peak"] = _compare_peaks(own[:, :1], other[:, :1], peaks)
        losses |= _compare_boxes(own, other, peaks, "peak_")
        leaning = _weigh_leaning(other, peaks)
        losses["peak_landmarks"] = _far_apart(own, other, "landmarks", leaning) / _POINTS
        trunk = [self._far(name, found[name], wanted[name]) for name in HINTS]
        levels = [
            self._far(name, found[name], wanted[name][:, channels])
            for name, channels in self.chosen.items()
        ]
        losses["trunk"] = torch.stack(trunk).mean()
        losses["pyramid"] = torch.stack(levels).mean()
        return losses

    def _far(self, name: str, own: Tensor, other: Tensor) -> Tensor:
        return (own - other).square().mean() / self.spreads[name]


def _compare_scores(own: Tensor, other: Tensor) -> dict[str, Tensor]:
    """Cells that either of them takes for a face count most."""
    score = torch.sigmoid(other)
    faces = score.sum().clamp(min=_FEWEST)
    weight = 0.02 + score + torch.sigmoid(own.detach())
    each = functional.binary_cross_entropy_with_logits(own, score, reduction="none")
    near = functional.smooth_l1_loss(own.clamp(*_LOGITS), other.clamp(*_LOGITS), reduction="none")
    return {
        "heat": (each * weight).sum() / faces,
        "logit": (near * (0.003 + score)).sum() / faces,
    }


def _compare_boxes(own: Tensor, other: Tensor, weight: Tensor, prefix: str) -> dict[str, Tensor]:
    """Size and offset over weighted cells, by names that begin with ``prefix``."""
    return {f"{prefix}{head}": _far_apart(own, other, head, weight) for head in ("size", "offset")}


def _far_apart(own: Tensor, other: Tensor, head: str, weight: Tensor) -> Tensor:
    """The mean difference of a head over weighted cells, summed over its channels."""
    far = (split_heads(own)[head] - split_heads(other)[head]).abs() * weight
    return far.sum() / weight.sum().clamp(min=_FEWEST / 2)


def _weigh_leaning(other: Tensor, peaks: Tensor) -> Tensor:
    """Weights of peaks for landmarks: the more a face leans or looks aside, the more it counts."""
    return peaks * (1.0 + LEANING * apart_from_mean(split_heads(other)["landmarks"], peaks))


def apart_from_mean(points: Tensor, weight: Tensor) -> Tensor:
    """How far the points N×10×h×w of each cell lie from those of the mean face, in shares of a box.

    Most faces are upright: told alike, all would get the points of a mean face.
    """
    total = weight.sum().clamp(min=_FEWEST / 4)
    mean = (points * weight).sum((0, 2, 3), keepdim=True) / total
    return (points - mean).abs().mean(1, keepdim=True).clamp(max=0.5)


def _compare_peaks(own: Tensor, other: Tensor, peaks: Tensor) -> Tensor:
    """Logits at the peaks of either: every face counts as much, and what is none as well."""
    weight = torch.maximum(peaks, _peaks(own.detach()))
    near = functional.smooth_l1_loss(own, other, reduction="none")
    return (near * weight).sum() / weight.sum().clamp(min=_FEWEST / 2)


def _peaks(logits: Tensor) -> Tensor:
    """Weights of the cells that score more than those around them, 0 elsewhere."""
    score = torch.sigmoid(logits)
    return peaks_of(score, _LEAST_SCORE) * (0.3 + score)


def peaks_of(score: Tensor, least: float) -> Tensor:
    """Cells that score more than ``least``, and most of all around them."""
    return (score == functional.max_pool2d(score, 3, 1, 1)) & (score > least)


def count_peaks(logits: Tensor) -> Tensor:
    """How many faces each of N maps of scores shows."""
    return (_peaks(logits) > 0).sum((1, 2, 3))
