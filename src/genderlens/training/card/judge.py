"""How a network does on the faces that are held out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from genderlens.training.card.views import whole

if TYPE_CHECKING:
    from genderlens.training.card.stage import Cards

_BATCH = 512


@torch.no_grad()
def answer(network: nn.Module, cards: Cards, side: int, rows: Tensor) -> Tensor:
    """All logits for these rows as they are, mean with their mirror images: R×L."""
    answers = []
    for part in rows.split(_BATCH):
        values = cards.normalise(whole(cards.pixels[part], side))
        with torch.autocast(values.device.type, torch.bfloat16):
            both = network(values).float(), network(values.flip(3)).float()
        answers.append((both[0] + both[1]) / 2.0)
    return torch.cat(answers)


def judge(network: nn.Module, cards: Cards, side: int, groups: Tensor) -> dict[str, float]:
    """Accuracy, loss and the accuracy of the worst group on the faces held out."""
    rows = cards.judging
    logits, labels = answer(network, cards, side, rows)[:, 0], cards.labels[rows]
    right = ((logits > 0) == (labels > 0.5)).float()
    by_group = [right[groups[rows] == g] for g in groups[rows].unique()]
    worst = min((float(g.mean()) for g in by_group if len(g) >= 20), default=float("nan"))
    loss = functional.binary_cross_entropy_with_logits(logits, labels)
    return {
        "held_out": round(float(right.mean()), 4),
        "held_out_loss": round(float(loss), 4),
        "worst_group": round(worst, 4),
    }
