"""The loss of a stage: labels, what a teacher says, auxiliary heads, and groups that do badly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.training.gpu.parts import PackedAttribute
from genderlens.training.gpu.plan import Stage

_GROUP_RATE: Final = 0.02
"""How fast the running loss of a group moves, a step."""
_TAUGHT_CLASSES: Final = 0.7
"""Share of a teacher's answer in the loss of an auxiliary head."""


@dataclass(frozen=True)
class Drawn:
    """A batch of N views, with what is known of them."""

    views: Tensor
    """N×3×H×W in 0..1."""
    labels: Tensor
    """0..1: mixed where pictures are."""
    classes: Tensor
    """N×A, -1 unknown."""
    groups: Tensor
    """Group numbers."""


class StageLoss:
    """Callable: outputs N×L, a batch, and a teacher's N×L or None, to a scalar.

    Groups with a higher running loss weigh more (after Sagawa et al., "Distributionally robust
    neural networks for group shifts", ICLR 2020, but softly: loss to the power of a half or so).
    """

    def __init__(self, stage: Stage, attributes: Sequence[PackedAttribute], groups: int) -> None:
        self._stage, self._attributes = stage, tuple(attributes)
        self._by_group = torch.full((groups,), 0.3)

    def state_dict(self) -> dict[str, Tensor]:
        """The running loss of each group."""
        return {"by_group": self._by_group}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go on with such running losses."""
        self._by_group = state["by_group"]

    def __call__(self, outputs: Tensor, batch: Drawn, wanted: Tensor | None) -> Tensor:
        each = self._answer(outputs[:, 0], batch.labels, wanted)
        weights = self._weights(each.detach(), batch.groups)
        return (each * weights).mean() + self._auxiliary(outputs, batch.classes, wanted)

    def _answer(self, logits: Tensor, labels: Tensor, wanted: Tensor | None) -> Tensor:
        smoothing, weight = self._stage.smoothing, self._stage.teacher_weight
        smoothed = labels * (1.0 - 2.0 * smoothing) + smoothing
        hard = functional.binary_cross_entropy_with_logits(logits, smoothed, reduction="none")
        if wanted is None:
            return hard
        taught = torch.sigmoid(wanted[:, 0])
        soft = functional.binary_cross_entropy_with_logits(logits, taught, reduction="none")
        return (1.0 - weight) * hard + weight * soft

    def _weights(self, each: Tensor, groups: Tensor) -> Tensor:
        self._by_group = self._by_group.to(each.device)
        count = torch.zeros_like(self._by_group).index_add_(0, groups, torch.ones_like(each))
        total = torch.zeros_like(self._by_group).index_add_(0, groups, each)
        mean = torch.where(count > 0, total / count.clamp(min=1.0), self._by_group)
        self._by_group.lerp_(mean, _GROUP_RATE)
        weights = (self._by_group**self._stage.group_power)[groups]
        return weights / weights.mean()

    def _auxiliary(self, outputs: Tensor, classes: Tensor, wanted: Tensor | None) -> Tensor:
        total, start = outputs.new_zeros(()), 1
        for column, attribute in enumerate(self._attributes):
            logits = slice(start, start + len(attribute.classes))
            start = logits.stop
            loss = _cross_entropy(outputs[:, logits], classes[:, column])
            if wanted is not None:
                taught = torch.softmax(wanted[:, logits], 1)
                soft = functional.cross_entropy(outputs[:, logits], taught)
                loss = (1.0 - _TAUGHT_CLASSES) * loss + _TAUGHT_CLASSES * soft
            total = total + attribute.weight * loss
        return total


def _cross_entropy(logits: Tensor, classes: Tensor) -> Tensor:
    """Over the rows whose class is known; 0 where none is."""
    known = (classes >= 0).float()
    each = functional.cross_entropy(
        logits, classes.clamp(min=0), reduction="none", label_smoothing=0.05
    )
    return (each * known).sum() / known.sum().clamp(min=1.0)
