"""Targets of a few labels, for tests of losses."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from genderlens.training.loss import Targets


def plain_targets(labels: Tensor, classes: Tensor | None = None) -> Targets:
    """Targets without weights and teachers."""
    if classes is None:
        classes = torch.zeros(len(labels), 0, dtype=torch.long)
    return Targets(labels, classes, torch.ones_like(labels), torch.full_like(labels, torch.nan))


def with_teacher(targets: Targets, log_odds: Tensor) -> Targets:
    """The same targets beside what the teachers say."""
    return replace(targets, teacher=log_odds)
