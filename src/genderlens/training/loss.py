"""The loss: weighted, smoothed, mixed and distilled binary cross-entropy plus auxiliary heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.recipe import Recipe
from genderlens.training.inputs.dataset import ClassIndex


@dataclass(frozen=True)
class Targets:
    """What a batch of N pictures should give; each tensor's first axis is N."""

    labels: Tensor
    """Float, male = 1."""
    classes: Tensor
    """N×A long, -1 unknown: the auxiliary attributes."""
    weights: Tensor
    """Float: how much each row counts, 1 on average."""
    teacher: Tensor
    """Float: the teachers' log-odds of male; NaN without teachers."""

    def take(self, order: Tensor) -> Targets:
        """The same rows in another order."""
        return Targets(
            self.labels[order], self.classes[order], self.weights[order], self.teacher[order]
        )


class GenderLoss:
    """Callable: outputs N×logits and targets to a scalar; logit 0 is the log-odds of male."""

    def __init__(self, recipe: Recipe, auxiliary: Sequence[ClassIndex]) -> None:
        self.recipe = recipe
        self.auxiliary = tuple(auxiliary)

    def __call__(self, outputs: Tensor, targets: Targets) -> Tensor:
        logits = outputs[:, 0]
        each = self._gender(logits, targets)
        return (each * targets.weights).mean() + self._auxiliary(outputs, targets.classes)

    def mixed(self, outputs: Tensor, targets: Targets, order: Tensor, share: float) -> Tensor:
        """For pictures of which ``1 - share`` comes from the rows in ``order``."""
        own, other = self(outputs, targets), self(outputs, targets.take(order))
        return share * own + (1.0 - share) * other

    def _gender(self, logits: Tensor, targets: Targets) -> Tensor:
        smoothing = self.recipe.optim.label_smoothing
        wanted = targets.labels * (1.0 - 2.0 * smoothing) + smoothing
        hard = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        if not self.recipe.teacher:
            return hard
        weight, heat = self.recipe.distill.weight, self.recipe.distill.temperature
        wanted = torch.sigmoid(targets.teacher / heat)
        soft = functional.binary_cross_entropy_with_logits(logits / heat, wanted, reduction="none")
        return (1.0 - weight) * hard + weight * heat**2 * soft

    def _auxiliary(self, outputs: Tensor, classes: Tensor) -> Tensor:
        total, start = outputs.new_zeros(()), 1
        for column, index in enumerate(self.auxiliary):
            part = outputs[:, start : start + len(index.classes)]
            start += len(index.classes)
            if not (classes[:, column] >= 0).any():
                continue  # the mean over no picture would be NaN
            weight = self.recipe.data.auxiliary[index.attribute]
            loss = functional.cross_entropy(part, classes[:, column], ignore_index=-1)
            total = total + weight * loss
        return total


def mix(pictures: Tensor, alpha: float) -> tuple[Tensor, Tensor, float]:
    """Mixed pictures, the order of the second ones and the share of the first (mixup)."""
    share = float(torch.distributions.Beta(alpha, alpha).sample())
    order = torch.randperm(len(pictures), device="cpu").to(pictures.device)
    return share * pictures + (1.0 - share) * pictures[order], order, share


def plain_targets(labels: Tensor, classes: Tensor | None = None) -> Targets:
    """Targets without weights and teachers."""
    if classes is None:
        classes = torch.zeros(len(labels), 0, dtype=torch.long)
    return Targets(labels, classes, torch.ones_like(labels), torch.full_like(labels, torch.nan))


def with_teacher(targets: Targets, log_odds: Tensor) -> Targets:
    """The same targets beside what the teachers say."""
    return replace(targets, teacher=log_odds)
