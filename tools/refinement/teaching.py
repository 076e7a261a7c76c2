"""The network taught: epochs over lessons that are mirrored, relit, blurred and noisy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from genderlens.training.weights.decay import decay_at
from tools.detector.distillation import to_planes
from tools.refinement.lessons import RefinementLessons
from tools.refinement.network import POINTS, RefinementModel

BATCH: Final = 128
_RATE: Final = 2e-3
_WARM_UP: Final = 0.1
"""Of all steps."""
_BOX: Final = 20.0
_POINTS: Final = 10.0
_FOUND: Final = 0.3
_ERROR: Final = 0.1
"""What each part of the loss counts."""
_AVERAGE: Final = 0.999
_MIRRORED: Final = (1, 0, 2, 4, 3)
"""Which point is which in a mirror: eyes, nose, corners of the mouth."""


class Refining:
    """A network on its way through so many epochs."""

    def __init__(
        self, lessons: RefinementLessons, *, epochs: int, batch: int = BATCH, seed: int = 0
    ) -> None:
        self._lessons, self._epochs, self._batch = lessons, epochs, batch
        torch.manual_seed(seed)
        self.network = RefinementModel().to(memory_format=torch.channels_last)
        self._steps = max(1, len(lessons.squares) // batch)
        self._optimizer = torch.optim.AdamW(self.network.parameters(), lr=_RATE, weight_decay=1e-4)
        self._average = {name: one.clone() for name, one in self.network.state_dict().items()}
        self._step = 0

    def run(self) -> RefinementModel:
        """The averaged network, after the last epoch."""
        for epoch in range(self._epochs):
            losses = [
                self.step(*one)
                for one in tqdm(self._batches(), total=self._steps, desc=f"epoch {epoch + 1}")
            ]
            means = {name: np.mean([loss[name] for loss in losses]) for name in losses[0]}
            tqdm.write(f"{epoch + 1}: " + ", ".join(f"{n} {v:.4f}" for n, v in means.items()))
        self.network.load_state_dict(self._average)
        return self.network.eval().requires_grad_(requires_grad=False)

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(len(self._lessons.squares))
        for step in range(self._steps):
            rows = order[step * self._batch : (step + 1) * self._batch].numpy()
            pictures = to_planes(self._lessons.squares[rows])
            yield change(pictures, torch.from_numpy(self._lessons.targets[rows]))

    def step(self, pictures: Tensor, targets: Tensor) -> dict[str, float]:
        """One batch; the weighted losses by name."""
        losses = compare(self.network(pictures), targets)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        self._set_rate()
        self._optimizer.step()
        self._step += 1
        self._follow()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _set_rate(self) -> None:
        """Up in a line, then down a half cosine."""
        done = min(1.0, self._step / (self._epochs * self._steps))
        warm = min(1.0, (done + 1e-3) / _WARM_UP)
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * warm * (0.5 + 0.5 * math.cos(math.pi * done))

    @torch.no_grad()
    def _follow(self) -> None:
        share = 1.0 - decay_at(self._step, _AVERAGE)
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, share)


def compare(outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """The weighted parts of the loss of N×16 outputs beside N×15 targets."""
    found = targets[:, 0]
    faces = found.sum().clamp(min=1.0)
    far = (outputs[:, 1:15] - targets[:, 1:]).abs()
    box, points = far[:, :4].mean(1), far[:, 4:].mean(1)
    log_error = outputs[:, 15]
    unsure = box.detach() * torch.exp(-log_error) + log_error
    return {
        "box": _BOX * (box * found).sum() / faces,
        "points": _POINTS * (points * found).sum() / faces,
        "error": _ERROR * (unsure * found).sum() / faces,
        "found": _FOUND * functional.binary_cross_entropy_with_logits(outputs[:, 0], found),
    }


def change(pictures: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Each picture mirrored, relit, grey, blurred or noisy now and then, and its target."""
    count = len(pictures)
    mirrored = torch.rand(count) < 0.5
    pictures = torch.where(mirrored[:, None, None, None], pictures.flip(3), pictures)
    targets = torch.where(mirrored[:, None], mirror(targets), targets)
    gain = torch.empty(count, 1, 1, 1).uniform_(0.6, 1.4) * torch.empty(count, 3, 1, 1).uniform_(
        0.85, 1.15
    )
    pictures = pictures * gain + torch.empty(count, 1, 1, 1).normal_(0, 15)
    pictures = _sometimes(0.15, pictures, pictures.mean(1, keepdim=True).expand_as(pictures))
    small = functional.avg_pool2d(pictures, 2)
    blurred = functional.interpolate(small, scale_factor=2, mode="bilinear")
    pictures = _sometimes(0.15, pictures, blurred)
    noise = torch.randn_like(pictures) * torch.empty(count, 1, 1, 1).uniform_(2, 12)
    pictures = _sometimes(0.25, pictures, pictures + noise)
    return pictures.clamp(0, 255).contiguous(memory_format=torch.channels_last), targets


def mirror(targets: Tensor) -> Tensor:
    """The targets of mirrored squares."""
    points = targets[:, 5:].view(-1, POINTS, 2)[:, list(_MIRRORED)] * torch.tensor([-1.0, 1.0])
    box = targets[:, 1:5] * torch.tensor([-1.0, 1.0, 1.0, 1.0])
    return torch.cat([targets[:, :1], box, points.flatten(1)], 1)


def _sometimes(share: float, values: Tensor, others: Tensor) -> Tensor:
    taken = torch.rand(len(values), 1, 1, 1) < share
    return torch.where(taken, others, values)
