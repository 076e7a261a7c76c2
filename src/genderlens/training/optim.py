"""Optimisers and learning-rate schedules, as a recipe asks for them."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from genderlens.recipe import OptimRecipe, PhaseRecipe, Recipe
from genderlens.training.weights.heads import list_head_parameters


def create_optimizer(recipe: Recipe, phase: PhaseRecipe, network: nn.Module) -> Optimizer:
    """Over what the phase teaches; biases and normalisation are not decayed."""
    optim, groups = recipe.optim, _groups(recipe.optim, phase, network)
    match optim.optimizer:
        case "sgd":
            nesterov = optim.momentum > 0
            return torch.optim.SGD(groups, momentum=optim.momentum, nesterov=nesterov)
        case "adam":
            return torch.optim.Adam(groups, betas=(optim.momentum, 0.999))
        case "adamw":
            return torch.optim.AdamW(groups, betas=(optim.momentum, 0.999))
        case "rmsprop":
            return torch.optim.RMSprop(groups, alpha=optim.alpha, momentum=optim.momentum)


def create_schedule(
    recipe: Recipe, phase: int, optimizer: Optimizer, steps_per_epoch: int
) -> dict[str, Any]:
    """What Lightning takes under ``lr_scheduler``."""
    optim, part = recipe.optim, recipe.phases[phase]
    if optim.schedule == "plateau":
        patience = (
            optim.plateau_patience if part.plateau_patience is None else part.plateau_patience
        )
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=optim.plateau_factor, patience=patience
        )
        return {"scheduler": plateau, "monitor": "calibration_loss", "interval": "epoch"}
    over_run = optim.span == "run"
    epochs = recipe.epochs if over_run else part.epochs
    done = recipe.first_epoch(phase) * steps_per_epoch if over_run else 0
    total = epochs * steps_per_epoch
    warmup = min(total / 2, optim.warmup_epochs * steps_per_epoch)
    is_cosine = optim.schedule == "cosine"

    def share(step: int) -> float:
        return rate_share(done + step, total, warmup, cosine=is_cosine)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    return {"scheduler": schedule, "interval": "step"}


def rate_share(step: int, total: int, warmup: float, *, cosine: bool) -> float:
    """The learning rate of a step as a share of the highest.

    Linear from 4 % while warming up, then half a cosine to zero (Loshchilov & Hutter, ICLR 2017),
    or constant.
    """
    if step < warmup:
        return 0.04 + 0.96 * step / warmup
    if not cosine:
        return 1.0
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - warmup) / max(1.0, total - warmup)))


def _groups(optim: OptimRecipe, phase: PhaseRecipe, network: nn.Module) -> list[dict[str, Any]]:
    head, rate = list_head_parameters(network), phase.learning_rate or optim.learning_rate
    members: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            members.setdefault((name in head, parameter.ndim > 1), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": rate if in_head else rate * phase.backbone_rate,
            "weight_decay": optim.weight_decay if decays else 0.0,
        }
        for (in_head, decays), parameters in members.items()
    ]
