"""The loss: the answer's, weighted, smoothed, mixed and distilled, plus that of further heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genderlens.recipe import Recipe
from genderlens.training.head_loss import distance_loss, label_loss, taught_loss
from genderlens.training.inputs.classes import ClassIndex


@dataclass(frozen=True)
class Targets:
    """What a batch of N pictures should give; each tensor's first axis is N."""

    labels: Tensor
    """Float: the numbers of the answer's labels."""
    classes: Tensor
    """N×A long, -1 unknown: the further heads."""
    weights: Tensor
    """Float: how much each row counts, 1 on average."""
    teacher: Tensor
    """Float: the teachers' log-odds N, or logits N×labels where the answer is not binary; NaN
    without teachers."""

    def take(self, order: Tensor) -> Targets:
        """The same rows in another order."""
        return Targets(
            self.labels[order], self.classes[order], self.weights[order], self.teacher[order]
        )


class HeadsLoss:
    """Callable: outputs N×logits and targets to a scalar; the answer's logits come first."""

    def __init__(self, recipe: Recipe, further: Sequence[ClassIndex]) -> None:
        self.recipe = recipe
        self.head = recipe.head
        self.further = tuple(further)
        self._told = recipe.further_heads

    def __call__(self, outputs: Tensor, targets: Targets) -> Tensor:
        answer = outputs[:, : self.head.width]
        each = self._answer(answer, targets)
        loss = self.recipe.weight * (each * targets.weights).mean()
        return loss + self._further(outputs, targets.classes)

    def mixed(self, outputs: Tensor, targets: Targets, order: Tensor, share: float) -> Tensor:
        """For pictures of which ``1 - share`` comes from the rows in ``order``."""
        own, other = self(outputs, targets), self(outputs, targets.take(order))
        return share * own + (1.0 - share) * other

    def _answer(self, logits: Tensor, targets: Targets) -> Tensor:
        kind, told = self.head.kind, next(iter(self.recipe.heads.values()), None)
        hard = label_loss(kind, logits, targets.labels, self.recipe.optim.label_smoothing)
        if told is not None and told.distance:
            hard = hard + told.distance * distance_loss(logits, targets.labels)
        if not self.recipe.teacher:
            return hard
        weight, heat = self.recipe.distill.weight, self.recipe.distill.temperature
        soft = taught_loss(kind, logits, targets.teacher, heat)
        return (1.0 - weight) * hard + weight * heat**2 * soft

    def _further(self, outputs: Tensor, classes: Tensor) -> Tensor:
        """Each over the rows whose class is known."""
        total, start = outputs.new_zeros(()), self.head.width
        for column, index in enumerate(self.further):
            part = outputs[:, start : start + index.width]
            start += index.width
            known = classes[:, column] >= 0
            if not known.any():
                continue  # the mean over no picture would be NaN
            told = self._told[index.attribute]
            labels = classes[known, column].to(outputs.dtype)
            loss = label_loss(index.kind, part[known], labels)
            if told.distance:
                loss = loss + told.distance * distance_loss(part[known], labels)
            total = total + told.weight * loss.mean()
        return total


def mix(pictures: Tensor, alpha: float) -> tuple[Tensor, Tensor, float]:
    """Mixed pictures, the order of the second ones and the share of the first (mixup)."""
    share = float(torch.distributions.Beta(alpha, alpha).sample())
    order = torch.randperm(len(pictures), device="cpu").to(pictures.device)
    return share * pictures + (1.0 - share) * pictures[order], order, share
