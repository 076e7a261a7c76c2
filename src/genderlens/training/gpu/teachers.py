"""Which earlier network judges which face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from genderlens.training.gpu.device_faces import DeviceFaces
from genderlens.training.gpu.precision import autocast
from genderlens.training.gpu.views import to_side


@dataclass(frozen=True)
class Teacher:
    """A taught network, the height and width that it looks at in pixels, and what it never saw."""

    network: nn.Module
    side: int
    fold: int | None = None
    """The fold of the faces that did not teach it; None: all did."""


class Teachers:
    """Teachers of a stage; where they have folds, each face is judged by who never saw it."""

    def __init__(self, teachers: Sequence[Teacher], faces: DeviceFaces) -> None:
        self._faces, self._all = faces, tuple(teachers)
        self._folded = any(teacher.fold is not None for teacher in teachers)

    def __bool__(self) -> bool:
        return bool(self._all)

    @property
    def side(self) -> int:
        """The widest that anybody looks at; 0 without teachers."""
        return max((teacher.side for teacher in self._all), default=0)

    def pools(self) -> list[Tensor]:
        """Rows that teach, those of each fold apart where teachers have folds."""
        faces = self._faces
        if not self._folded:
            return [faces.teaching]
        own = faces.folds[faces.teaching]
        return [faces.teaching[own == fold] for fold in range(int(own.max()) + 1)]

    @torch.no_grad()
    def ask(self, views: Tensor, pool: int, turn: int, copies: int) -> Tensor:
        """What one of those who may judge a pool says of its N views: N×L logits.

        They take turns; ``copies`` views of a face get one answer.
        """
        able = [one for one in self._all if not self._folded or one.fold == pool]
        teacher = able[turn % len(able)]
        values = self._faces.normalise(to_side(views, teacher.side))
        with autocast(values.device):
            answers: Tensor = teacher.network(values)
        answers = answers.float()
        together = answers.view(copies, -1, answers.shape[1]).mean(0)
        return together.repeat(copies, 1)
