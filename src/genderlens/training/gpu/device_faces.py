"""The faces of a plan on the device, and what networks there answer about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from genderlens.training.gpu.parts import Faces, PackedAttribute
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.precision import autocast
from genderlens.training.gpu.views import whole

_BATCH: Final = 512
_LEAST_GROUP: Final = 20


@dataclass(frozen=True)
class DeviceFaces:
    """N faces as tensors on one device; see genderlens.training.gpu.parts for the columns."""

    pixels: Tensor
    labels: Tensor
    classes: Tensor
    teaching: Tensor
    """Row numbers that teach."""
    judging: Tensor
    """Row numbers that are held out."""
    folds: Tensor
    """Fold numbers, -1 for faces that do not teach."""
    attributes: tuple[PackedAttribute, ...]
    mean: Tensor
    std: Tensor

    @classmethod
    def of(
        cls,
        faces: Faces,
        plan: TrainingPlan,
        device: str,
    ) -> DeviceFaces:
        """Copy to the device; the plan's seed says which face belongs to which fold."""

        def column(values: Any) -> Tensor:
            return torch.as_tensor(values).to(device)

        return cls(
            pixels=column(faces.pixels),
            labels=column(faces.labels),
            classes=column(faces.classes),
            teaching=column(faces.rows("train")),
            judging=column(faces.rows("calibration")),
            folds=column(_divide(faces, plan.folds, plan.seed)),
            attributes=faces.attributes,
            mean=column(plan.mean).view(1, 3, 1, 1),
            std=column(plan.std).view(1, 3, 1, 1),
        )

    @property
    def num_logits(self) -> int:
        """The answer's logit and one for each class of each attribute."""
        return 1 + sum(len(attribute.classes) for attribute in self.attributes)

    def normalise(self, values: Tensor) -> Tensor:
        """What a network takes, from 0..1: N×3×H×W, channels last."""
        return ((values - self.mean) / self.std).contiguous(memory_format=torch.channels_last)

    def groups(self, by: Sequence[str]) -> tuple[Tensor, int]:
        """A group number for each face, label × attributes, and how many numbers there are.

        An unknown class counts as one of its own.
        """
        groups, count = self.labels.long(), 2
        for column, attribute in enumerate(self.attributes):
            if attribute.name in by:
                width = len(attribute.classes) + 1
                groups = groups * width + self.classes[:, column] + 1
                count *= width
        return groups, count


def _divide(faces: Faces, folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for every face that teaches, each label dealt out evenly; -1 for the others."""
    teaching = np.random.default_rng(seed).permutation(faces.rows("train"))
    dealt = teaching[np.argsort(faces.labels[teaching], kind="stable")]
    numbers = np.full(len(faces.labels), -1, np.int64)
    numbers[dealt] = np.arange(len(dealt)) % folds
    return numbers


@torch.no_grad()
def answer(network: nn.Module, faces: DeviceFaces, side: int, rows: Tensor) -> Tensor:
    """All logits for R rows as they are, mean with their mirror images: R×L."""
    answers = []
    for part in torch.split(rows, _BATCH):
        values = faces.normalise(whole(faces.pixels[part], side))
        with autocast(values.device):
            both = network(values).float(), network(values.flip(3)).float()
        answers.append((both[0] + both[1]) / 2.0)
    return torch.cat(answers)


def judge(network: nn.Module, faces: DeviceFaces, side: int, groups: Tensor) -> dict[str, float]:
    """Accuracy, loss and the accuracy of the worst group (of 20 or more) on faces held out."""
    rows = faces.judging
    logits, labels = answer(network, faces, side, rows)[:, 0], faces.labels[rows]
    right = ((logits > 0) == (labels > 0.5)).float()
    by_group = [right[groups[rows] == group] for group in torch.unique(groups[rows])]
    large = [float(group.mean()) for group in by_group if len(group) >= _LEAST_GROUP]
    loss = functional.binary_cross_entropy_with_logits(logits, labels)
    return {
        "held_out": round(float(right.mean()), 4),
        "held_out_loss": round(float(loss), 4),
        **({"worst_group": round(min(large), 4)} if large else {}),
    }
